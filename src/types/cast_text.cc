// Casts to characters and bytes, with CHAR's padding and VARCHAR's cut.
#include <array>

#include "types/cast_kernels.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/time_zone.h"
#include "types/utf8.h"
#include "types/value_text.h"

namespace weir::types {
namespace {

// How long texts of the target may be, counted in code points or bytes.
class Fit {
 public:
  explicit Fit(const LogicalType& to)
      : binary_(to.is_binary()),
        pad_(to.kind() == TypeKind::kChar || to.kind() == TypeKind::kBinary),
        limit_(static_cast<size_t>(to.length())) {}
  // Whether every text fits as it is.
  [[nodiscard]] bool is_open() const { return !pad_ && limit_ == LogicalType::kMaxLength; }

  StringRef apply(std::string_view text, StringHeap& heap) const {
    size_t count = binary_ ? text.size() : count_code_points(text);
    if (count > limit_) {
      text = text.substr(0, binary_ ? limit_ : code_point_offset(text, limit_));
      count = limit_;
    }
    if (!pad_ || count == limit_) return heap.add(text);
    const size_t size = text.size() + (limit_ - count);
    char* to = heap.reserve(size);
    std::memcpy(to, text.data(), text.size());
    std::memset(to + text.size(), binary_ ? 0 : ' ', limit_ - count);
    return heap.commit_text(to, size);
  }

 private:
  bool binary_;
  bool pad_;
  size_t limit_;
};

// write(row, buffer of kDecimalTextBytes) gives the length.
template <typename Write>
ColumnRef write_rows(const CastJob& job, Write&& write) {
  CastOutput<StringRef> out(job);
  const Fit fit(job.to);
  for_each_value(job, [&](uint32_t row) {
    if (fit.is_open()) {
      char* to = out.heap().reserve(kDecimalTextBytes);
      out[row] = out.heap().commit_text(to, write(row, to));
    } else {
      std::array<char, kDecimalTextBytes> text{};
      out[row] = fit.apply({text.data(), write(row, text.data())}, out.heap());
    }
  });
  return std::move(out).finish();
}

template <typename T>
ColumnRef integer_text(const CastJob& job) {
  const T* from = job.from.values<T>().data();
  return write_rows(job, [&](uint32_t row, char* to) { return format_integer(from[row], to); });
}

ColumnRef double_text(const CastJob& job) {
  const auto* from = job.from.values<double>().data();
  return write_rows(job, [&](uint32_t row, char* to) { return format_double(from[row], to); });
}

ColumnRef float_text(const CastJob& job) {
  const auto* from = job.from.values<float>().data();
  return write_rows(job, [&](uint32_t row, char* to) { return format_float(from[row], to); });
}

ColumnRef decimal_text(const CastJob& job) {
  const auto* from = job.from.values<int128_t>().data();
  const int scale = job.from.type().scale();
  return write_rows(job,
                    [&](uint32_t row, char* to) { return format_decimal(from[row], scale, to); });
}

ColumnRef timestamp_text(const CastJob& job) {
  const auto* from = job.from.values<int64_t>().data();
  const int64_t units = job.from.type().units_per_second();
  const int digits = job.from.type().precision();
  const bool instant = job.from.type().kind() == TypeKind::kTimestampLtz;
  const TimeZone& zone = time_zone(job.context.time_zone);
  return write_rows(job, [&](uint32_t row, char* to) {
    Moment moment = from_units(from[row], units);
    if (instant) moment.seconds = zone.to_local(moment.seconds);
    return format_timestamp(moment, ' ', digits, to);
  });
}

ColumnRef text_text(const CastJob& job) {
  CastOutput<StringRef> out(job);
  const auto* from = job.from.values<StringRef>().data();
  const Fit fit(job.to);
  if (fit.is_open()) {
    out.keep_strings();
    for_each_value(job, [&](uint32_t row) { out[row] = from[row]; });
  } else {
    for_each_value(job, [&](uint32_t row) { out[row] = fit.apply(from[row].view(), out.heap()); });
  }
  return std::move(out).finish();
}

// Everything else, value by value.
ColumnRef any_text(const CastJob& job) {
  CastOutput<StringRef> out(job);
  const Fit fit(job.to);
  const TimeZone& zone = time_zone(job.context.time_zone);
  std::string text;
  for_each_value(job, [&](uint32_t row) {
    text.clear();
    append_text(job.from, row, TextStyle::kCast, zone, text);
    out[row] = fit.is_open() ? out.heap().add(text) : fit.apply(text, out.heap());
  });
  return std::move(out).finish();
}

}  // namespace

CastKernel text_cast(const LogicalType& from, const LogicalType& to) {
  const bool from_text = from.is_character() || from.is_binary();
  if (to.is_binary()) return from_text ? &text_text : nullptr;
  if (!to.is_character()) return nullptr;
  if (from_text) return &text_text;
  const TypeKind kind = from.kind();
  if (kind == TypeKind::kTinyint) return &integer_text<int8_t>;
  if (kind == TypeKind::kSmallint) return &integer_text<int16_t>;
  if (kind == TypeKind::kInt) return &integer_text<int32_t>;
  if (kind == TypeKind::kBigint) return &integer_text<int64_t>;
  if (kind == TypeKind::kFloat) return &float_text;
  if (kind == TypeKind::kDouble) return &double_text;
  if (kind == TypeKind::kDecimal) return &decimal_text;
  if (kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampLtz) return &timestamp_text;
  if (kind == TypeKind::kNull || kind == TypeKind::kDescriptor) return nullptr;
  return &any_text;
}

}  // namespace weir::types
