// Casts among DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. Digits are cut toward 1970 (G-16), those
// behind the milliseconds toward the past.
#include "types/cast_kernels.h"
#include "types/datetime.h"
#include "types/time_zone.h"

namespace weir::types {
namespace {

template <typename From, typename To, typename Convert>
ColumnRef convert_rows(const CastJob& job, Convert&& convert) {
  CastOutput<To> out(job);
  const From* from = job.from.values<From>().data();
  for_each_value(job, [&](uint32_t row) { out[row] = static_cast<To>(convert(from[row])); });
  return std::move(out).finish();
}

// The wall clock's value in the type's own unit.
int64_t local_units(int64_t value, const LogicalType& type, const TimeZone& zone) {
  if (type.kind() != TypeKind::kTimestampLtz) return value;
  const int64_t units = type.units_per_second();
  const int64_t seconds = floor_divide(value, units);
  return wrapping_multiply_add(zone.to_local(seconds), units, floor_modulo(value, units));
}

int64_t from_local_units(int64_t value, const LogicalType& type, const TimeZone& zone) {
  if (type.kind() != TypeKind::kTimestampLtz) return value;
  const int64_t units = type.units_per_second();
  const int64_t seconds = floor_divide(value, units);
  return wrapping_multiply_add(zone.to_utc(seconds), units, floor_modulo(value, units));
}

// The milliseconds of a value: Flink keeps them apart from what is finer, which is never negative.
int64_t milliseconds(int64_t value, const LogicalType& type) {
  return floor_divide(value, type.units_per_second() / 1000);
}

ColumnRef between_timestamps(const CastJob& job) {
  const LogicalType& from = job.from.type();
  const LogicalType& to = job.to;
  const TimeZone& zone = time_zone(job.context.time_zone);
  const int64_t from_units = from.units_per_second();
  const int64_t to_units = to.units_per_second();
  const bool moves = from.kind() != to.kind();
  const bool cuts = to.precision() < from.precision();
  CastOutput<int64_t> out(job);
  const auto* values = job.from.values<int64_t>().data();
  for_each_value(job, [&](uint32_t row) {
    int64_t value = values[row];
    if (moves) value = local_units(value, from, zone);
    if (to_units >= from_units) {
      if (__builtin_mul_overflow(value, to_units / from_units, &value)) {
        return out.fail(row, std::to_string(values[row]));
      }
    } else {
      value = floor_divide(value, from_units / to_units);
    }
    if (cuts) value = cut_second(value, to);
    out[row] = moves ? from_local_units(value, to, zone) : value;
  });
  return std::move(out).finish();
}

ColumnRef timestamp_to_date(const CastJob& job) {
  const LogicalType& from = job.from.type();
  const TimeZone& zone = time_zone(job.context.time_zone);
  const bool instant = from.kind() == TypeKind::kTimestampLtz;
  return convert_rows<int64_t, int32_t>(job, [&](int64_t value) {
    if (!instant) return milliseconds(value, from) / kMsPerDay;
    return floor_divide(milliseconds(local_units(value, from, zone), from), kMsPerDay);
  });
}

ColumnRef timestamp_to_time(const CastJob& job) {
  const LogicalType& from = job.from.type();
  const TimeZone& zone = time_zone(job.context.time_zone);
  const int64_t units = from.units_per_second();
  return convert_rows<int64_t, int32_t>(job, [&](int64_t value) {
    return floor_modulo(local_units(value, from, zone), units * kSecondsPerDay) / (units / 1000);
  });
}

ColumnRef date_to_timestamp(const CastJob& job) {
  const TimeZone& zone = time_zone(job.context.time_zone);
  const int64_t day = job.to.units_per_second() * kSecondsPerDay;
  CastOutput<int64_t> out(job);
  const auto* from = job.from.values<int32_t>().data();
  for_each_value(job, [&](uint32_t row) {
    int64_t value = 0;
    if (__builtin_mul_overflow(int64_t{from[row]}, day, &value)) {
      return out.fail(row, std::to_string(from[row]));
    }
    out[row] = from_local_units(value, job.to, zone);
  });
  return std::move(out).finish();
}

ColumnRef time_to_timestamp(const CastJob& job) {
  const TimeZone& zone = time_zone(job.context.time_zone);
  const int64_t factor = job.to.units_per_second() / 1000;
  return convert_rows<int32_t, int64_t>(
      job, [&](int32_t ms) { return from_local_units(ms * factor, job.to, zone); });
}

}  // namespace

int64_t cut_second(int64_t value, const LogicalType& type) {
  int64_t step = type.units_per_second();
  for (int i = 0; i < type.precision(); ++i) step /= 10;
  if (type.precision() >= 3) return wrapping_multiply_add(floor_divide(value, step), step, 0);
  const int64_t to_ms = type.units_per_second() / 1000;
  return wrapping_multiply_add(floor_divide(value, to_ms) / (step / to_ms), step, 0);
}

CastKernel time_cast(const LogicalType& from, const LogicalType& to) {
  if (from.is_timestamp()) {
    if (to.is_timestamp()) return &between_timestamps;
    if (to.kind() == TypeKind::kDate) return &timestamp_to_date;
    if (to.kind() == TypeKind::kTime) return &timestamp_to_time;
    return nullptr;
  }
  if (!to.is_timestamp()) return nullptr;
  if (from.kind() == TypeKind::kDate) return &date_to_timestamp;
  if (from.kind() == TypeKind::kTime) return &time_to_timestamp;
  return nullptr;
}

}  // namespace weir::types
