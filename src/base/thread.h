// Thread: a named thread that is joined when it goes away.
//
// The only way to start one; the simulator starts none and steps the lanes itself. The destructor
// joins, so whoever owns a thread tells its function to end first. Names are cut to 15 bytes, which
// is what the kernel keeps and `top -H` shows.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace weir {

class Thread {
 public:
  Thread() = default;
  Thread(std::string name, std::function<void()> body);
  Thread(Thread&&) = default;
  Thread& operator=(Thread&&) = default;

  void join();

 private:
  std::jthread thread_;
};

// Cores that this process may use.
[[nodiscard]] unsigned core_count();

}  // namespace weir
