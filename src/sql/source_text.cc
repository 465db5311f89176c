#include "sql/source_text.h"

#include <algorithm>

namespace weir::sql {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The length of the well-formed sequence at `at`, or 0 (Unicode 15, table 3-7).
size_t sequence_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || text.size() - at < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned char second = byte(at + 1);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

}  // namespace

size_t find_invalid_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = sequence_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

int count_code_points(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

SourceText::SourceText(std::string text, std::string file)
    : text_(std::move(text)), file_(std::move(file)) {
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

Result<std::shared_ptr<const SourceText>> SourceText::make(std::string_view text,
                                                           std::string_view file) {
  if (text.size() > kMaxBytes) {
    return invalid(
        fmt::format("the script has {} bytes; at most {} are taken", text.size(), kMaxBytes));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const size_t bad = find_invalid_utf8(text);
  if (bad != std::string_view::npos) {
    const SourceText before(std::string(text.substr(0, bad)), std::string(file));
    auto position = before.position({static_cast<uint32_t>(bad), static_cast<uint32_t>(bad)});
    return invalid("the text is not UTF-8 from here on").at(std::move(position));
  }
  return std::shared_ptr<const SourceText>(new SourceText(std::string(text), std::string(file)));
}

int SourceText::line_of(uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<int>(after - line_starts_.begin());
}

SourcePosition SourceText::position(Span span) const {
  const auto size = static_cast<uint32_t>(text_.size());
  const uint32_t begin = std::min(span.begin, size);
  const int line = line_of(begin);
  const uint32_t line_begin = line_starts_[static_cast<size_t>(line) - 1];
  size_t line_end = text_.find('\n', line_begin);
  if (line_end == std::string::npos) line_end = text_.size();
  if (line_end > line_begin && text_[line_end - 1] == '\r') --line_end;
  const std::string_view line_text(text_.data() + line_begin, line_end - line_begin);
  const auto end = std::min<size_t>(std::max(span.end, begin), line_end);
  SourcePosition position;
  position.file = file_;
  position.line = line;
  position.column =
      count_code_points(std::string_view(text_).substr(line_begin, begin - line_begin)) + 1;
  position.line_text = line_text;
  if (end > begin) {
    position.length =
        std::max(1, count_code_points(std::string_view(text_).substr(begin, end - begin)));
  }
  return position;
}

}  // namespace weir::sql
