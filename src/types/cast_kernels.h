// The pieces that cast.cc chooses from; for types/cast*.cc only.
#pragma once

#include "types/builder.h"
#include "types/cast.h"

namespace weir::types {

struct CastJob {
  const Column& from;  // flat
  const LogicalType& to;
  const Selection& selection;
  const CastContext& context;
};
using CastKernel = ColumnRef (*)(const CastJob& job);

// Calls body(row) for the selected rows that have a value.
template <typename Body>
void for_each_value(const CastJob& job, Body&& body) {
  const uint8_t* validity = job.from.validity();
  if (validity == nullptr) {
    job.selection.for_each(body);
  } else {
    job.selection.for_each([&](uint32_t row) {
      if (bit_is_set(validity, row)) body(row);
    });
  }
}

// Values of the result and the rows that have none.
template <typename T>
class CastOutput {
 public:
  explicit CastOutput(const CastJob& job)
      : job_(job), values_(job.from.length(), Fill::kZero), validity_(job.from.length()) {}

  T& operator[](size_t row) { return values_[row]; }
  StringHeap& heap() { return heap_; }
  void keep_strings() { add_pinned(job_.from, pinned_); }
  void set_null(uint32_t row) { validity_.set_null(row); }
  // The row has no counterpart in the result's type.
  void fail(uint32_t row, std::string_view value) {
    if (job_.context.failures == nullptr) {
      set_null(row);
      return;
    }
    job_.context.failures->push_back(
        {row, fmt::format("cannot cast '{}' to {}", value.substr(0, 200), job_.to.to_summary())});
  }
  [[nodiscard]] ColumnRef finish() && {
    BufferRef validity = job_.from.parts().validity;
    if (validity_.any_null() && validity) {
      const auto* old = job_.from.validity();
      for (uint32_t row = 0; row < job_.from.length(); ++row) {
        if (!bit_is_set(old, row)) validity_.set_null(row);
      }
    }
    if (validity_.any_null()) validity = std::move(validity_).take();
    for (auto& block : heap_.take()) pinned_.push_back(std::move(block));
    return finish_column(job_.to, job_.from.length(), std::move(values_).take(),
                         std::move(validity), std::move(pinned_));
  }

 private:
  const CastJob& job_;
  Values<T> values_;
  ValidityBuilder validity_;
  StringHeap heap_;
  std::vector<BufferRef> pinned_;
};

// Each gives null for a pair that is not its business.
[[nodiscard]] CastKernel number_cast(const LogicalType& from, const LogicalType& to);
[[nodiscard]] CastKernel parse_cast(const LogicalType& from, const LogicalType& to);
[[nodiscard]] CastKernel text_cast(const LogicalType& from, const LogicalType& to);
// A timestamp cut to its type's digits: milliseconds toward 1970, what is finer toward the past.
[[nodiscard]] int64_t cut_second(int64_t value, const LogicalType& type);
[[nodiscard]] CastKernel time_cast(const LogicalType& from, const LogicalType& to);

}  // namespace weir::types
