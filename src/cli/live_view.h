// The live view of `weir run`: a status as lines of text.
//
// Pure: two statuses, a width and whether colour is wanted give lines; no line is wider than
// `width` cells, and they fit into `height` with one to spare. LiveTerminal draws them in place on
// a terminal. Main thread.
#pragma once

#include <string>
#include <vector>

#include "server/status.h"

namespace weir::cli {

struct ViewOptions {
  int width = 80;
  int height = 0;  // lines of the terminal; 0: not known, all are shown
  bool color = false;
};

// Rates are the differences between the two statuses by the time between them; `before` may be the
// same status (rates are then 0).
[[nodiscard]] std::vector<std::string> render_status(const server::RunStatus& now,
                                                     const server::RunStatus& before,
                                                     const ViewOptions& options);

// The last words: what lies where, earlier runs' included. One line a topic and table.
[[nodiscard]] std::vector<std::string> render_summary(const server::RunStatus& status);

// All of it as one JSON object on one line; `event` is its first member.
[[nodiscard]] std::string status_json(std::string_view event, const server::RunStatus& status);

// 1234567 -> "1,234,567".
[[nodiscard]] std::string with_commas(uint64_t value);
// 1536 -> "1.5 KB".
[[nodiscard]] std::string human_bytes(double bytes);

// Draws in place of what it drew before. On something that is not a terminal it draws nothing.
class LiveTerminal {
 public:
  LiveTerminal();
  // Shows the cursor again.
  ~LiveTerminal();
  LiveTerminal(const LiveTerminal&) = delete;
  LiveTerminal& operator=(const LiveTerminal&) = delete;

  // Whether standard output is one.
  [[nodiscard]] static bool on_terminal();
  [[nodiscard]] ViewOptions view_options() const;
  void draw(const std::vector<std::string>& lines);

 private:
  bool terminal_;
  bool color_;
  size_t drawn_ = 0;
};

}  // namespace weir::cli
