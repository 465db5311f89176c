#include "base/waker.h"

#include <gtest/gtest.h>

#include "base/thread.h"

namespace weir {
namespace {

TEST(Waker, RemembersAWakeThatCameEarly) {
  Waker waker;
  waker.wake();
  waker.wake();
  EXPECT_TRUE(waker.wait(-1));
  EXPECT_FALSE(waker.wait(0));
}

TEST(Waker, NeverMissesAWake) {
  constexpr int kRounds = 20'000;
  Waker ping;
  Waker pong;
  std::atomic<int> count{0};
  Thread other("pong", [&] {
    for (int i = 0; i < kRounds; ++i) {
      ASSERT_TRUE(ping.wait(-1));
      count.fetch_add(1);
      pong.wake();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ping.wake();
    ASSERT_TRUE(pong.wait(-1));
  }
  other.join();
  EXPECT_EQ(count.load(), kRounds);
}

}  // namespace
}  // namespace weir
