// Logger: what happened, for people on a terminal and as JSON lines for machines.
//
// A line is a level, a part of weir ("broker", "lane 3"), a fixed message and fields; values never
// go into the message, so that lines can be grouped. Secrets are never logged: pass names, not
// values. Writes to standard error. Any thread; a line is one write. Lines are for events (starts,
// stops, failures), not for records.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogField {
  template <typename T>
  LogField(std::string_view field_name, const T& field_value)
      : name(field_name), value(fmt::format("{}", field_value)) {}
  std::string_view name;
  std::string value;
};

class Logger {
 public:
  virtual ~Logger() = default;

  void debug(std::string_view part, std::string_view message,
             std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kDebug, part, message, fields);
  }
  void info(std::string_view part, std::string_view message,
            std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kInfo, part, message, fields);
  }
  void warning(std::string_view part, std::string_view message,
               std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kWarning, part, message, fields);
  }
  void error(std::string_view part, std::string_view message,
             std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kError, part, message, fields);
  }

 protected:
  virtual void write(LogLevel level, std::string_view part, std::string_view message,
                     std::initializer_list<LogField> fields) = 0;
};

enum class LogFormat { kHuman, kJson };

// To standard error, through spdlog. kHuman: "12:00:01 info  broker: topic created name=orders".
[[nodiscard]] std::unique_ptr<Logger> make_logger(LogFormat format, LogLevel lowest);
// JSON lines at the end of a file. kIo when it cannot be opened.
[[nodiscard]] Result<std::unique_ptr<Logger>> make_file_logger(const std::string& path,
                                                               LogLevel lowest);
// kHuman when standard error is a terminal, else kJson.
[[nodiscard]] LogFormat default_log_format();
// Drops everything; for tests. Lives for the whole program.
[[nodiscard]] Logger& silent_logger();

}  // namespace weir
