#include "exec/ring.h"

#include <gtest/gtest.h>

#include "base/thread.h"

namespace weir::exec {
namespace {

class SizedPartial final : public Partial {
 public:
  explicit SizedPartial(size_t bytes) : bytes_(bytes) {}
  [[nodiscard]] size_t pinned_bytes() const override { return bytes_; }

 private:
  size_t bytes_;
};

Message sized(size_t bytes) { return Message::of(std::make_shared<const SizedPartial>(bytes)); }

TEST(Ring, KeepsOrderAndWhatDoesNotFitWaits) {
  Waker producer;
  Waker consumer;
  Ring ring(4, 1 << 20, producer, consumer);
  for (int i = 0; i < 10; ++i) ring.push(Message::watermark(i));
  EXPECT_TRUE(ring.has_waiting());
  EXPECT_FALSE(ring.has_room());
  int64_t next = 0;
  while (next < 10) {
    while (ring.front() != nullptr) EXPECT_EQ(ring.pop().value, next++);
    ring.flush();
  }
  EXPECT_EQ(ring.front(), nullptr);
  EXPECT_TRUE(ring.has_room());
}

TEST(Ring, IsBoundedByBytesButTakesOneMessageWhateverItsSize) {
  Waker producer;
  Waker consumer;
  Ring ring(16, 100, producer, consumer);
  ring.push(sized(1000));
  EXPECT_FALSE(ring.has_waiting());
  EXPECT_FALSE(ring.has_room());
  ring.push(sized(1));
  EXPECT_TRUE(ring.has_waiting());
  (void)consumer.consume();
  (void)ring.pop();
  EXPECT_TRUE(producer.consume()) << "the producer waits for room and must be woken";
  EXPECT_TRUE(ring.flush());
  EXPECT_TRUE(consumer.consume());
  EXPECT_NE(ring.front(), nullptr);
}

TEST(Ring, DropsPayloadsWhenTheyAreTaken) {
  Waker producer;
  Waker consumer;
  Ring ring(4, 100, producer, consumer);
  auto partial = std::make_shared<const SizedPartial>(10);
  ring.push(Message::of(PartialRef(partial)));
  {
    const Message taken = ring.pop();
  }
  EXPECT_EQ(partial.use_count(), 1);
}

// Two threads that sleep when they cannot go on: every message arrives, in order, and nobody
// sleeps for ever.
TEST(Ring, LosesNothingBetweenTwoThreads) {
  constexpr int64_t kMessages = 40'000;
  Waker producer_waker;
  Waker consumer_waker;
  Ring ring(8, 64, producer_waker, consumer_waker);
  Thread consumer("consumer", [&] {
    int64_t next = 0;
    while (next < kMessages) {
      if (ring.front() == nullptr) {
        consumer_waker.wait(-1);
        continue;
      }
      const Message message = ring.pop();
      if (message.kind != Message::Kind::kWatermark) continue;
      ASSERT_EQ(message.value, next++);
    }
  });
  for (int64_t i = 0; i < kMessages; ++i) {
    while (!ring.has_room()) producer_waker.wait(-1);
    if (i % 3 == 0) ring.push(sized(static_cast<size_t>(i % 50)));
    ring.push(Message::watermark(i));
  }
  while (!ring.flush()) producer_waker.wait(-1);
  consumer.join();
}

}  // namespace
}  // namespace weir::exec
