#include "net/http.h"

namespace weir::net {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

HttpResponse with_type(unsigned status, std::string body, std::string type) {
  HttpResponse response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.add("Content-Type", std::move(type));
  return response;
}

}  // namespace

std::string_view HttpHeaders::get(std::string_view name) const {
  for (const auto& [key, value] : headers_) {
    if (equal_without_case(key, name)) return value;
  }
  return {};
}

bool HttpHeaders::has(std::string_view name) const {
  return std::ranges::any_of(headers_,
                             [&](const auto& h) { return equal_without_case(h.first, name); });
}

void HttpHeaders::add(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
}

void HttpHeaders::set(std::string name, std::string value) {
  std::erase_if(headers_, [&](const auto& h) { return equal_without_case(h.first, name); });
  add(std::move(name), std::move(value));
}

std::string_view query_param(const QueryParams& params, std::string_view name,
                             std::string_view otherwise) {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return otherwise;
}

bool has_query_param(const QueryParams& params, std::string_view name) {
  return std::ranges::any_of(params, [&](const auto& param) { return param.first == name; });
}

HttpResponse http_text(unsigned status, std::string body) {
  return with_type(status, std::move(body), "text/plain; charset=UTF-8");
}

HttpResponse http_json(unsigned status, std::string body) {
  return with_type(status, std::move(body), "application/json; charset=UTF-8");
}

}  // namespace weir::net
