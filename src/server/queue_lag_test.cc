#include "server/queue_lag.h"

#include <gmock/gmock.h>

#include "base/bytes.h"

namespace weir::server {
namespace {

using testing::ElementsAre;

std::string assignment() {
  ByteWriter out;
  out.be<int16_t>(1);  // version
  out.be<int32_t>(2);  // topics
  for (const std::string_view topic : {"a", "bc"}) {
    out.be(static_cast<int16_t>(topic.size()));
    out.text(topic);
    out.be<int32_t>(2);
    out.be<int32_t>(0);
    out.be<int32_t>(7);
  }
  out.be<int32_t>(-1);  // user data
  return std::string(reinterpret_cast<const char*>(out.view().data()), out.size());
}

TEST(QueueLagTest, ReadsWhatAMemberIsAssigned) {
  const auto assigned = parse_assignment(assignment());
  ASSERT_TRUE(assigned.has_value());
  EXPECT_EQ(assigned->size(), 2U);
  EXPECT_THAT(assigned->at("a"), ElementsAre(0, 7));
  EXPECT_THAT(assigned->at("bc"), ElementsAre(0, 7));
}

TEST(QueueLagTest, RefusesEveryCutAssignment) {
  const std::string whole = assignment();
  for (size_t size = 0; size + 4 < whole.size(); ++size) {
    EXPECT_FALSE(parse_assignment(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
}

TEST(QueueLagTest, BelievesNoLength) {
  ByteWriter out;
  out.be<int16_t>(0);
  out.be<int32_t>(0x7FFFFFFF);
  EXPECT_FALSE(parse_assignment({reinterpret_cast<const char*>(out.view().data()), out.size()}));
}

}  // namespace
}  // namespace weir::server
