// WindowPlan: what both halves of a windowed aggregate and all lanes share: the plan's node,
// compiled.
//
// Immutable after make(); held by shared_ptr, because tables of accumulators point into it and
// travel from one half to the other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/job_settings.h"
#include "plan/nodes.h"
#include "state/aggregate_layout.h"
#include "state/group_table.h"
#include "state/key_codec.h"
#include "types/batch.h"

namespace weir::exec {

struct WindowPlan {
  plan::WindowAggregateNode node;
  types::Schema output;
  state::KeyCodec codec;
  state::AggregateLayout layout;

  // `node.body` is a plan::WindowAggregateNode. kUnsupported for what is not offered yet.
  static Result<std::shared_ptr<const WindowPlan>> make(const plan::Node& node,
                                                        const JobSettings& settings);

  // The end of the slice (here: the window) that `time_ms` lies in.
  [[nodiscard]] int64_t slice_end(int64_t time_ms) const {
    const int64_t size = node.window.size_ms;
    int64_t into = (time_ms - node.window.offset_ms) % size;
    if (into < 0) into += size;
    return time_ms - into + size;
  }
  // As Flink: a window whose last millisecond the watermark has reached takes no more rows.
  [[nodiscard]] static bool is_sealed(int64_t slice_end_ms, int64_t watermark_ms) {
    return slice_end_ms - 1 <= watermark_ms;
  }

  // Rows [first, last) of a finished table as output: keys, aggregates, window bounds.
  [[nodiscard]] Result<types::BatchRef> output_rows(int64_t slice_end_ms,
                                                    const state::GroupTable& table, uint32_t first,
                                                    uint32_t last) const;
};

}  // namespace weir::exec
