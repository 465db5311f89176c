#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kNotFound: return "not found";
    case ErrorCode::kExists: return "exists already";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kIo: return "input/output";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kExhausted: return "limit reached";
    case ErrorCode::kInternal: return "internal";
  }
  return "unknown";
}

namespace {

// Blanks as wide as the text before `column`; tabs stay tabs so that the caret lines up.
std::string caret_indent(std::string_view line, int column) {
  std::string indent;
  int seen = 1;
  for (size_t i = 0; i < line.size() && seen < column; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0U) == 0x80U) continue;  // inside a code point
    indent.push_back(byte == '\t' ? '\t' : ' ');
    ++seen;
  }
  return indent;
}

}  // namespace

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

std::string Error::to_string() const {
  std::string out;
  if (position_.has_value() && position_->line > 0) {
    if (!position_->file.empty()) out += position_->file + ":";
    out += fmt::format("{}:{}: ", position_->line, std::max(position_->column, 1));
  }
  out += "error: " + message_;
  if (position_.has_value() && !position_->line_text.empty()) {
    out += "\n  " + position_->line_text;
    out += "\n  " + caret_indent(position_->line_text, position_->column) + "^";
    if (position_->length > 1) out.append(static_cast<size_t>(position_->length - 1), '~');
  }
  if (!hint_.empty()) out += "\nhint: " + hint_;
  return out;
}

}  // namespace weir
