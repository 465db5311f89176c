// One small error type for the whole program.
//
// An Error says what kind of failure it is (so that callers can decide), a message for people, what
// to do about it, and, when a user's text is at fault, where in that text. It is a plain value: no
// owner, any thread. A bad record is data (counted and kept), never an Error.
// Kinds are few on purpose: a caller that must tell two failures apart does so by kind, not by
// text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

enum class ErrorCode {
  kInvalid,      // the user's fault: SQL, options, configuration, a request
  kNotFound,     // what was named does not exist
  kExists,       // what should be made is there already
  kUnsupported,  // understood, but not offered
  kUnavailable,  // try again later: a peer is away, a queue is full
  kCorrupt,      // bytes on disk or on the wire are not what they must be
  kIo,           // the operating system refused
  kCancelled,    // asked to stop
  kExhausted,    // a limit was reached
  kInternal,     // our bug
};

// The name that is printed, in lower case: "invalid", "not found", ...
[[nodiscard]] std::string_view error_code_name(ErrorCode code);

// Where in a user's text. Lines and columns count from 1; columns count code points.
struct SourcePosition {
  std::string file;       // as the user named it; empty: not from a file
  int line = 0;           // 0: unknown
  int column = 0;         // 0: unknown
  std::string line_text;  // the whole line, for the caret; may be empty
  int length = 1;         // code points to underline

  bool operator==(const SourcePosition&) const = default;
};

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message);
  // Out of line: every function that can fail would else hold the code of all five.
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  // What the user can do, one sentence. Replaces an earlier hint.
  Error&& hint(std::string text) && {
    hint_ = std::move(text);
    return std::move(*this);
  }
  Error&& at(SourcePosition position) && {
    position_ = std::move(position);
    return std::move(*this);
  }
  // Puts "context: " before the message: the outermost context comes first.
  Error&& in(std::string_view context) && {
    message_.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }
  [[nodiscard]] const std::optional<SourcePosition>& position() const { return position_; }

  // For a terminal or a log, without a newline at the end:
  //   pipeline.sql:3:8: error: message
  //     SELECT usr_id FROM t
  //            ^~~~~~
  //   hint: did you mean "user_id"?
  [[nodiscard]] std::string to_string() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::string hint_;
  std::optional<SourcePosition> position_;
};

[[nodiscard]] inline Error invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}
[[nodiscard]] inline Error not_found(std::string message) {
  return {ErrorCode::kNotFound, std::move(message)};
}
[[nodiscard]] inline Error already_exists(std::string message) {
  return {ErrorCode::kExists, std::move(message)};
}
[[nodiscard]] inline Error unsupported(std::string message) {
  return {ErrorCode::kUnsupported, std::move(message)};
}
[[nodiscard]] inline Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}
[[nodiscard]] inline Error corrupt(std::string message) {
  return {ErrorCode::kCorrupt, std::move(message)};
}
[[nodiscard]] inline Error io_error(std::string message) {
  return {ErrorCode::kIo, std::move(message)};
}
[[nodiscard]] inline Error cancelled(std::string message) {
  return {ErrorCode::kCancelled, std::move(message)};
}
[[nodiscard]] inline Error exhausted(std::string message) {
  return {ErrorCode::kExhausted, std::move(message)};
}
[[nodiscard]] inline Error internal_error(std::string message) {
  return {ErrorCode::kInternal, std::move(message)};
}

}  // namespace weir
