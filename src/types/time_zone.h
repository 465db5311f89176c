// TimeZone: the offset of a place from UTC at any time, from the system's tzdata.
//
// Java's rules where local time is not unique: in a gap the time moves forward by the gap's length,
// in an overlap the earlier instant is meant. Remembers the last span of constant offset, so one
// thread; time_zone() gives each thread its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::types {

class TimeZone {
 public:
  // An IANA name ("Asia/Shanghai", "UTC") or an offset ("GMT+08:00", "+02:00").
  [[nodiscard]] static Result<TimeZone> find(std::string_view name);

  // Seconds since 1970 UTC to seconds of the local wall clock, and back.
  [[nodiscard]] int64_t to_local(int64_t utc_seconds) const;
  [[nodiscard]] int64_t to_utc(int64_t local_seconds) const;
  // Whether its clock has always shown UTC ("UTC", "Etc/UTC", "GMT+00:00").
  [[nodiscard]] bool is_utc() const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Span {
    int64_t begin = 0;  // UTC seconds [begin, end) that have `offset`
    int64_t end = 0;
    int64_t offset = 0;
  };
  [[nodiscard]] Span lookup(int64_t utc_seconds) const;

  std::string name_;
  const void* zone_ = nullptr;  // of the tz library; null: always `fixed_offset_`
  int64_t fixed_offset_ = 0;
  mutable Span span_;
};

// The zone of that name, kept per thread; an unknown name (which settings refuse) counts as UTC.
[[nodiscard]] const TimeZone& time_zone(std::string_view name);

}  // namespace weir::types
