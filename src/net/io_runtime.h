// IoRuntime: the threads that serve sockets.
//
// One io_context per thread; a connection stays on the one it was given, so its coroutines need no
// locks. stop() ends all of them and joins; sockets still open are closed by their owners'
// destructors. Every server of weir (Kafka, HTTP) runs on one of these.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/thread.h"

namespace weir::net {

class IoRuntime {
 public:
  // `name` becomes the threads' name; at least one thread.
  IoRuntime(const std::string& name, unsigned threads);
  ~IoRuntime();
  IoRuntime(const IoRuntime&) = delete;
  IoRuntime& operator=(const IoRuntime&) = delete;

  // Round robin over the contexts. Any thread.
  [[nodiscard]] boost::asio::io_context& next();
  // Idempotent; not from one of its own threads.
  void stop();

 private:
  struct Loop {
    Loop() : context(1), guard(context.get_executor()) {}
    boost::asio::io_context context;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
    Thread thread;
  };

  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<size_t> turn_{0};
};

}  // namespace weir::net
