// SourceText: the text of a script, and where in it something stands.
//
// Immutable and shared by everything that was parsed out of it; any thread. Places are byte
// offsets (Span) until somebody must be told: then lines and columns, in code points.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::sql {

// Bytes [begin, end) of a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  // From the start of this one to the end of `other`.
  [[nodiscard]] Span to(Span other) const { return {begin, other.end}; }
};

class SourceText {
 public:
  // Longer scripts are refused: no one wrote them.
  static constexpr size_t kMaxBytes = size_t{64} << 20U;

  // kInvalid for a text that is too long or not UTF-8. A byte order mark at its start is dropped.
  [[nodiscard]] static Result<std::shared_ptr<const SourceText>> make(std::string_view text,
                                                                      std::string_view file);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::string_view slice(Span span) const {
    return std::string_view(text_).substr(span.begin, span.end - span.begin);
  }
  // The position of a span; what lies beyond its first line is not underlined.
  [[nodiscard]] SourcePosition position(Span span) const;
  [[nodiscard]] int line_of(uint32_t offset) const;

 private:
  SourceText(std::string text, std::string file);

  std::string text_;
  std::string file_;
  std::vector<uint32_t> line_starts_;
};

using SourceRef = std::shared_ptr<const SourceText>;

// The byte offset of the first byte that is not part of well-formed UTF-8, or npos.
[[nodiscard]] size_t find_invalid_utf8(std::string_view text);
[[nodiscard]] int count_code_points(std::string_view text);

}  // namespace weir::sql
