#include "types/time_zone.h"

#include <date/tz.h>

#include <map>
#include <optional>

#include "types/datetime.h"

namespace weir::types {
namespace {

// "+08:00", "-5", "" (no offset).
std::optional<int64_t> parse_offset(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const int64_t sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int64_t parts[3] = {0, 0, 0};
  size_t part = 0;
  size_t digits = 0;
  for (const char c : text) {
    if (c == ':') {
      if (digits == 0 || ++part == 3) return std::nullopt;
      digits = 0;
    } else if (c >= '0' && c <= '9' && digits < 2) {
      parts[part] = parts[part] * 10 + (c - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || parts[0] > 18 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  TimeZone zone;
  zone.name_ = name;
  std::string_view offset = name;
  for (const std::string_view prefix : {"UTC", "GMT", "UT", "Z"}) {
    if (name.starts_with(prefix)) {
      offset = name.substr(prefix.size());
      break;
    }
  }
  if (offset.size() < name.size() || (!name.empty() && (name[0] == '+' || name[0] == '-'))) {
    if (const auto seconds = parse_offset(offset)) {
      zone.fixed_offset_ = *seconds;
      return zone;
    }
  }
  try {
    zone.zone_ = date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return invalid(fmt::format("there is no time zone \"{}\"", name))
        .hint("use a name such as Europe/Berlin or an offset such as GMT+08:00");
  }
  return zone;
}

TimeZone::Span TimeZone::lookup(int64_t utc_seconds) const {
  if (zone_ == nullptr) return {INT64_MIN, INT64_MAX, fixed_offset_};
  // The library's calendar ends at the year 32767; offsets beyond do not change.
  constexpr int64_t kBound = 900'000'000'000;
  const int64_t bounded = std::clamp(utc_seconds, -60'000'000'000L, kBound);
  const auto info = static_cast<const date::time_zone*>(zone_)->get_info(
      date::sys_seconds(std::chrono::seconds(bounded)));
  return {info.begin.time_since_epoch().count(), info.end.time_since_epoch().count(),
          info.offset.count()};
}

int64_t TimeZone::to_local(int64_t utc_seconds) const {
  if (utc_seconds < span_.begin || utc_seconds >= span_.end) span_ = lookup(utc_seconds);
  return wrapping_multiply_add(utc_seconds, 1, span_.offset);
}

bool TimeZone::is_utc() const {
  const Span now = lookup(0);
  constexpr int64_t kCentury = 36'525LL * 24 * 3600;
  return now.offset == 0 && now.begin < -kCentury && now.end > kCentury;
}

int64_t TimeZone::to_utc(int64_t local_seconds) const {
  if (zone_ == nullptr) return local_seconds - fixed_offset_;
  // The offset a day earlier is the one before any change near; it is meant in gaps and overlaps.
  const Span before = lookup(local_seconds - kSecondsPerDay);
  const int64_t with_before = local_seconds - before.offset;
  if (with_before < before.end) return with_before;
  const Span after = lookup(with_before);
  const int64_t with_after = local_seconds - after.offset;
  return with_after >= after.begin ? with_after : with_before;
}

const TimeZone& time_zone(std::string_view name) {
  thread_local std::map<std::string, TimeZone, std::less<>> zones;
  const auto found = zones.find(name);
  if (found != zones.end()) return found->second;
  auto zone = TimeZone::find(name);
  if (!zone) zone = TimeZone::find("UTC");
  return zones.emplace(std::string(name), *std::move(zone)).first->second;
}

}  // namespace weir::types
