#include <gtest/gtest.h>

#include "exec/connector_factory.h"
#include "exec/operator.h"
#include "exec/operators/window_aggregate.h"

namespace weir::exec {
namespace {

TEST(KeyGroups, OfLanesAgreeWithTheLaneOfAKeyGroup) {
  for (uint32_t lanes = 1; lanes <= state::kKeyGroups; ++lanes) {
    uint32_t covered = 0;
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      const KeyGroupRange range = key_groups_of_lane(lane, lanes);
      EXPECT_EQ(range.first, covered);
      for (uint32_t group = range.first; group < range.end; ++group) {
        ASSERT_EQ(state::lane_of_key_group(group, lanes), lane);
      }
      covered = range.end;
    }
    ASSERT_EQ(covered, state::kKeyGroups);
  }
}

}  // namespace
}  // namespace weir::exec
