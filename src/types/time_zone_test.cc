#include "types/time_zone.h"

#include <gtest/gtest.h>

namespace weir::types {
namespace {

TEST(TimeZoneTest, TellsUtcUnderItsNames) {
  for (const char* name : {"UTC", "Etc/UTC", "GMT", "GMT+00:00", "+00:00"}) {
    EXPECT_TRUE(time_zone(name).is_utc()) << name;
  }
  // London's and Abidjan's clocks show UTC in some years only.
  for (const char* name : {"Europe/London", "Africa/Abidjan", "GMT+08:00", "Asia/Tokyo"}) {
    EXPECT_FALSE(time_zone(name).is_utc()) << name;
  }
}

}  // namespace
}  // namespace weir::types
