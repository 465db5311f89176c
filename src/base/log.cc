#include "base/log.h"

#include <fmt/chrono.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "base/clock.h"
#include "base/json_object.h"

namespace weir {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// Colour on a terminal, unless the user asked for none (https://no-color.org).
std::shared_ptr<spdlog::sinks::sink> stderr_sink(LogFormat format) {
  if (format == LogFormat::kHuman && std::getenv("NO_COLOR") == nullptr) {
    return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  }
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

class SpdLogger final : public Logger {
 public:
  SpdLogger(std::shared_ptr<spdlog::sinks::sink> sink, LogFormat format, LogLevel lowest)
      : format_(format), logger_(std::make_unique<spdlog::logger>("weir", std::move(sink))) {
    logger_->set_level(to_spdlog(lowest));
    logger_->set_pattern(format == LogFormat::kHuman ? "%H:%M:%S %^%-7l%$ %v" : "%v");
    logger_->flush_on(spdlog::level::info);
  }

 protected:
  void write(LogLevel level, std::string_view part, std::string_view message,
             std::initializer_list<LogField> fields) override {
    if (!logger_->should_log(to_spdlog(level))) return;
    logger_->log(to_spdlog(level), "{}",
                 format_ == LogFormat::kHuman ? human(part, message, fields)
                                              : json(level, part, message, fields));
  }

 private:
  static std::string human(std::string_view part, std::string_view message,
                           std::initializer_list<LogField> fields) {
    std::string line = fmt::format("{}: {}", part, message);
    for (const auto& field : fields) {
      line += fmt::format(" {}={}", field.name, field.value);
    }
    return line;
  }

  static std::string json(LogLevel level, std::string_view part, std::string_view message,
                          std::initializer_list<LogField> fields) {
    JsonObject line;
    line.add(
        "time",
        fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                    fmt::gmtime(static_cast<std::time_t>(system_clock().wall_us() / 1'000'000))));
    line.add("level", spdlog::level::to_string_view(to_spdlog(level)).data());
    line.add("part", part).add("message", message);
    for (const auto& field : fields) line.add(field.name, field.value);
    return line.text();
  }

  LogFormat format_;
  std::unique_ptr<spdlog::logger> logger_;
};

class SilentLogger final : public Logger {
 protected:
  void write(LogLevel /*level*/, std::string_view /*part*/, std::string_view /*message*/,
             std::initializer_list<LogField> /*fields*/) override {}
};

}  // namespace

std::unique_ptr<Logger> make_logger(LogFormat format, LogLevel lowest) {
  return std::make_unique<SpdLogger>(stderr_sink(format), format, lowest);
}

Result<std::unique_ptr<Logger>> make_file_logger(const std::string& path, LogLevel lowest) {
  // spdlog reports a file that it cannot open by throwing; it ends here.
  try {
    return std::make_unique<SpdLogger>(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path),
                                       LogFormat::kJson, lowest);
  } catch (const spdlog::spdlog_ex& error) {
    return io_error(fmt::format("cannot write the log {}: {}", path, error.what()));
  }
}

LogFormat default_log_format() {
  return ::isatty(STDERR_FILENO) == 1 ? LogFormat::kHuman : LogFormat::kJson;
}

Logger& silent_logger() {
  static SilentLogger logger;
  return logger;
}

}  // namespace weir
