#include "store/answer.h"

#include "store/http_endpoint.h"

namespace weir::store {

Answer::Answer(net::HttpBlockingExchange& http, const QueryRequest& request, const Clock& clock,
               const ServerIdentity& server)
    : http_(http),
      request_(request),
      clock_(clock),
      server_(server),
      began_ns_(clock.monotonic_ns()) {}

net::HttpHeaders Answer::headers(const QueryProgress& progress) const {
  net::HttpHeaders headers;
  const std::string format = format_.empty() ? "TabSeparated" : format_;
  headers.add("Content-Type", content_type_of(format));
  headers.add("X-ClickHouse-Server-Display-Name", server_.name);
  headers.add("X-ClickHouse-Query-Id", request_.query_id);
  headers.add("X-ClickHouse-Format", format);
  headers.add("X-ClickHouse-Timezone", server_.timezone);
  headers.add(
      "X-ClickHouse-Summary",
      fmt::format(
          R"({{"read_rows":"{}","read_bytes":"{}","written_rows":"{}","written_bytes":"{}",)"
          R"("total_rows_to_read":"0","result_rows":"{}","result_bytes":"{}",)"
          R"("elapsed_ns":"{}"}})",
          progress.read_rows, progress.read_bytes, progress.written_rows, progress.written_bytes,
          progress.result_rows, progress.result_bytes, clock_.monotonic_ns() - began_ns_));
  if (request_.answer_coding != ContentCoding::kIdentity) {
    headers.add("Content-Encoding", std::string(content_coding_name(request_.answer_coding)));
  }
  return headers;
}

bool Answer::send(std::string_view bytes) {
  if (broken_) return false;
  const Status sent =
      encoder_->encode(bytes, [this](std::string_view piece) { return http_.write(piece); });
  broken_ = !sent.has_value();
  return !broken_;
}

bool Answer::start() {
  started_ = true;
  encoder_ = make_encoder(request_.answer_coding);
  broken_ = !http_.start({.status = 200, .headers = headers({})}).has_value();
  const bool sent = send(buffer_);
  buffer_.clear();
  buffer_.shrink_to_fit();
  return sent;
}

bool Answer::write(std::string_view bytes) {
  if (started_) return send(bytes);
  buffer_ += bytes;
  if (request_.wait_end_of_query) return buffer_.size() <= kMaxWaitBytes;
  return buffer_.size() <= kAnswerBufferBytes || start();
}

void Answer::finish(const QueryProgress& progress) {
  const auto encode_all = [this](const CodingSink& sink, std::string_view bytes) {
    const Status encoded = encoder_->encode(bytes, sink);
    return encoded.has_value() && encoder_->finish(sink).has_value();
  };
  if (started_) {
    const CodingSink to_client = [this](std::string_view piece) { return http_.write(piece); };
    if (!broken_ && encode_all(to_client, {})) static_cast<void>(http_.finish());
    return;
  }
  if (request_.wait_end_of_query && buffer_.size() > kMaxWaitBytes) {
    fail(make_error(396, "TOO_MANY_ROWS_OR_BYTES",
                    "The result is too large for wait_end_of_query=1"));
    return;
  }
  net::HttpResponse response{.status = 200, .headers = headers(progress), .body = {}};
  encoder_ = make_encoder(request_.answer_coding);
  const CodingSink to_body = [&response](std::string_view piece) {
    response.body += piece;
    return ok();
  };
  if (encode_all(to_body, buffer_)) static_cast<void>(http_.reply(std::move(response)));
}

void Answer::fail(const EngineError& error) {
  if (started_) {
    // The status is gone already: the text is the last that the client sees, and the body never
    // ends properly.
    send("\n" + error.text + "\n");
    return;
  }
  auto response = net::http_text(http_status_of(error.code), error.text + "\n");
  response.headers.add("X-ClickHouse-Server-Display-Name", server_.name);
  response.headers.add("X-ClickHouse-Query-Id", request_.query_id);
  response.headers.add("X-ClickHouse-Exception-Code", std::to_string(error.code));
  static_cast<void>(http_.reply(std::move(response)));
}

}  // namespace weir::store
