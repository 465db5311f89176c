#include "base/thread.h"

#include <pthread.h>
#include <sched.h>

namespace weir {

Thread::Thread(std::string name, std::function<void()> body)
    : thread_([name = std::move(name), body = std::move(body)] {
        constexpr size_t kKernelLimit = 15;
        pthread_setname_np(pthread_self(), name.substr(0, kKernelLimit).c_str());
        body();
      }) {}

void Thread::join() {
  if (thread_.joinable()) thread_.join();
}

unsigned core_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count > 0 ? static_cast<unsigned>(count) : 1U;
}

}  // namespace weir
