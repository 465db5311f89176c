#include "net/io_runtime.h"

#include <algorithm>

namespace weir::net {

IoRuntime::IoRuntime(const std::string& name, unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) {
    auto& loop = *loops_.emplace_back(std::make_unique<Loop>());
    loop.thread = Thread(name, [&loop] { loop.context.run(); });
  }
}

IoRuntime::~IoRuntime() { stop(); }

boost::asio::io_context& IoRuntime::next() {
  return loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()]->context;
}

void IoRuntime::stop() {
  for (auto& loop : loops_) {
    loop->guard.reset();
    loop->context.stop();
  }
  for (auto& loop : loops_) loop->thread.join();
}

}  // namespace weir::net
