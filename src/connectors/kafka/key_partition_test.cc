#include "connectors/kafka/key_partition.h"

#include <gtest/gtest.h>

namespace weir::connectors {
namespace {

// What Apache Kafka's Utils.murmur2 answers.
TEST(KeyPartitionTest, HashesAsJavasClient) {
  const auto hash = [](std::string_view text) { return static_cast<int32_t>(murmur2(text)); };
  EXPECT_EQ(hash("21"), -973932308);
  EXPECT_EQ(hash("foobar"), -790332482);
  EXPECT_EQ(hash("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(hash("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(hash("abc"), 479470107);
}

}  // namespace
}  // namespace weir::connectors
