#include "cli/live_view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/json_object.h"

namespace weir::cli {
namespace {

constexpr int kNumberWidth = 13;
constexpr int kShortestName = 12;
constexpr int kIndent = 2;
constexpr int kNumbersMax = 3;  // columns of numbers; a narrow terminal shows the first of them

struct Style {
  const char* bold;
  const char* dim;
  const char* alert;
  const char* plain;
};

Style style_of(bool color) {
  return color ? Style{"\033[1m", "\033[2m", "\033[31m", "\033[0m"} : Style{"", "", "", ""};
}

// Cuts to `cells` code points; marks the cut.
std::string fit(const std::string& text, size_t cells) {
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen == cells) return text.substr(0, i);
    ++seen;
  }
  return text + std::string(cells - seen, ' ');
}

// The first `cells` code points of a line; escape sequences take none and all stay.
std::string clip(const std::string& line, size_t cells) {
  std::string out;
  size_t seen = 0;
  bool in_escape = false;
  bool cut = false;
  for (const char c : line) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (c == '\033') in_escape = true;
    if (!in_escape && begins) cut = seen++ >= cells;
    if (in_escape || !cut) out += c;
    if (in_escape && std::isalpha(static_cast<unsigned char>(c)) != 0) in_escape = false;
  }
  return out;
}

int numbers_in(int width) {
  return std::clamp((width - kIndent - kShortestName) / kNumberWidth, 1, kNumbersMax);
}

uint64_t rate(uint64_t now, uint64_t before, int64_t elapsed_ns) {
  if (elapsed_ns <= 0 || now <= before) return 0;
  constexpr double kNanosPerSecond = 1e9;
  return static_cast<uint64_t>(std::llround(static_cast<double>(now - before) * kNanosPerSecond /
                                            static_cast<double>(elapsed_ns)));
}

class StatusView {
 public:
  StatusView(const server::RunStatus& now, const server::RunStatus& before,
             const ViewOptions& options)
      : now_(now),
        before_(before),
        style_(style_of(options.color)),
        width_(static_cast<size_t>(std::max(options.width, 1))),
        height_(static_cast<size_t>(std::max(options.height, 0))),
        numbers_(numbers_in(options.width)),
        name_width_(static_cast<size_t>(
            std::max(options.width - numbers_ * kNumberWidth - kIndent, kShortestName))),
        elapsed_ns_(now.taken_ns - before.taken_ns) {}

  std::vector<std::string> lines() {
    const int64_t seconds = now_.elapsed_ms / 1000;
    lines_.push_back(fmt::format("{}weir run {}{}   {:02}:{:02}:{:02}   {}Ctrl-C stops{}",
                                 style_.bold, now_.pipeline, style_.plain, seconds / 3600,
                                 seconds / 60 % 60, seconds % 60, style_.dim, style_.plain));
    topics();
    operators();
    tables();
    footer();
    // One line stays free for the cursor.
    if (height_ > 1 && lines_.size() >= height_) {
      const size_t hidden = lines_.size() - (height_ - 2);
      lines_.resize(height_ - 2);
      lines_.push_back(fmt::format("... {} more lines; a taller terminal shows them", hidden));
    }
    for (auto& line : lines_) line = clip(line, width_);
    return std::move(lines_);
  }

 private:
  void header(const char* what, const char* first, const char* second, const char* third) {
    lines_.emplace_back();
    lines_.push_back(style_.dim + fit(what, name_width_ + kIndent) +
                     numbers({first, second, third}) + style_.plain);
  }

  void row(const std::string& name, const std::string& first, const std::string& second,
           const std::string& third) {
    lines_.push_back(std::string(kIndent, ' ') + fit(name, name_width_) +
                     numbers({first, second, third}));
  }

  [[nodiscard]] std::string numbers(const std::array<std::string, kNumbersMax>& columns) const {
    std::string out;
    for (size_t i = 0; i < static_cast<size_t>(numbers_); ++i) {
      out += fmt::format("{:>{}}", columns[i], kNumberWidth);
    }
    return out;
  }

  void topics() {
    if (now_.topics.empty()) return;
    header("topics", "records", "records/s", "bytes/s");
    for (const auto& topic : now_.topics) {
      server::TopicStatus last;
      for (const auto& other : before_.topics) {
        if (other.name == topic.name) last = other;
      }
      row(topic.name, with_commas(topic.records),
          with_commas(rate(topic.records, last.records, elapsed_ns_)),
          human_bytes(static_cast<double>(rate(topic.bytes, last.bytes, elapsed_ns_))));
    }
  }

  void operators() {
    if (now_.operators.empty()) return;
    header("operators", "rows", "rows/s", "lag");
    for (size_t i = 0; i < now_.operators.size(); ++i) {
      const auto& at = now_.operators[i];
      const bool same = i < before_.operators.size() && before_.operators[i].name == at.name;
      const uint64_t rows = std::max(at.rows_in, at.rows_out);
      const uint64_t last =
          same ? std::max(before_.operators[i].rows_in, before_.operators[i].rows_out) : 0;
      row(at.name, with_commas(rows), with_commas(rate(rows, last, elapsed_ns_)),
          at.lag < 0 ? "" : with_commas(static_cast<uint64_t>(at.lag)));
    }
  }

  void tables() {
    if (now_.store.empty()) return;
    header(fmt::format("tables (store {})", now_.store).c_str(), "rows", "rows/s", "");
    for (const auto& table : now_.tables) {
      server::TableStatus last;
      for (const auto& other : before_.tables) {
        if (other.name == table.name) last = other;
      }
      row(table.name, with_commas(table.rows),
          with_commas(rate(table.rows, last.rows, elapsed_ns_)), "");
    }
  }

  void footer() {
    lines_.emplace_back();
    std::string line =
        fmt::format("{}dead letters {}{}   late rows {}", now_.dead_letters > 0 ? style_.alert : "",
                    with_commas(now_.dead_letters), now_.dead_letters > 0 ? style_.plain : "",
                    with_commas(now_.late_rows));
    line += fmt::format("   checkpoints {}", with_commas(now_.checkpoints));
    if (now_.last_checkpoint_ms >= 0) {
      line += fmt::format(" (last {} ms)", now_.last_checkpoint_ms);
    }
    lines_.push_back(std::move(line));
  }

  const server::RunStatus& now_;
  const server::RunStatus& before_;
  Style style_;
  size_t width_;
  size_t height_;
  int numbers_;
  size_t name_width_;
  int64_t elapsed_ns_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string with_commas(uint64_t value) {
  std::string text = fmt::format("{}", value);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string human_bytes(double bytes) {
  constexpr double kStep = 1024.0;
  const char* unit = "B";
  for (const char* larger : {"KB", "MB", "GB", "TB"}) {
    if (bytes < kStep) break;
    bytes /= kStep;
    unit = larger;
  }
  return fmt::format("{:.{}f} {}", bytes, unit[0] == 'B' ? 0 : 1, unit);
}

std::vector<std::string> render_status(const server::RunStatus& now,
                                       const server::RunStatus& before,
                                       const ViewOptions& options) {
  return StatusView(now, before, options).lines();
}

std::vector<std::string> render_summary(const server::RunStatus& status) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("What is there after {:.1f} s:",
                              static_cast<double>(status.elapsed_ms) / 1000.0));
  for (const auto& topic : status.topics) {
    lines.push_back(
        fmt::format("  topic {:<32}{:>15} records", topic.name, with_commas(topic.records)));
  }
  for (const auto& table : status.tables) {
    lines.push_back(fmt::format("  table {:<32}{:>15} rows", table.name, with_commas(table.rows)));
  }
  lines.push_back(fmt::format("  dead letters {}, late rows {}", with_commas(status.dead_letters),
                              with_commas(status.late_rows)));
  return lines;
}

std::string status_json(std::string_view event, const server::RunStatus& status) {
  std::vector<JsonObject> topics;
  for (const auto& topic : status.topics) {
    topics.emplace_back()
        .add("name", topic.name)
        .add("records", topic.records)
        .add("bytes", topic.bytes);
  }
  std::vector<JsonObject> operators;
  for (const auto& at : status.operators) {
    JsonObject& row = operators.emplace_back();
    row.add("job", at.job).add("name", at.name);
    row.add("rows_in", at.rows_in).add("rows_out", at.rows_out);
    if (at.lag >= 0) row.add("lag", at.lag);
    if (at.watermark_ms != INT64_MIN) row.add("watermark_ms", at.watermark_ms);
  }
  std::vector<JsonObject> tables;
  for (const auto& table : status.tables) {
    tables.emplace_back().add("name", table.name).add("rows", table.rows);
  }
  JsonObject out;
  out.add("event", event).add("pipeline", status.pipeline).add("elapsed_ms", status.elapsed_ms);
  out.add("topics", topics).add("operators", operators).add("store", status.store);
  if (status.store_pid > 0) out.add("store_pid", status.store_pid);
  out.add("tables", tables).add("dead_letters", status.dead_letters);
  out.add("late_rows", status.late_rows).add("checkpoints", status.checkpoints);
  return out.text();
}

bool LiveTerminal::on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

LiveTerminal::LiveTerminal()
    : terminal_(on_terminal()), color_(terminal_ && std::getenv("NO_COLOR") == nullptr) {
  if (terminal_) std::fputs("\033[?25l", stdout);
}

LiveTerminal::~LiveTerminal() {
  if (!terminal_) return;
  std::fputs("\033[?25h", stdout);
  std::fflush(stdout);
}

ViewOptions LiveTerminal::view_options() const {
  winsize size{};
  ViewOptions options;
  options.color = color_;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = size.ws_col;
    options.height = size.ws_row;
  }
  return options;
}

void LiveTerminal::draw(const std::vector<std::string>& lines) {
  if (!terminal_) return;
  std::string out;
  if (drawn_ > 0) out += fmt::format("\033[{}F", drawn_);
  for (const auto& line : lines) out += line + "\033[K\n";
  out += "\033[J";
  drawn_ = lines.size();
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace weir::cli
