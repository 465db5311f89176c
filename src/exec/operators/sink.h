// SinkOperator: the end of a chain in one lane: checks NOT NULL columns, writes, stages at a
// barrier.
//
// Takes any changelog, emits nothing. A NULL in a column that the table declares NOT NULL is a bad
// row, or is left out in silence with 'table.exec.sink.not-null-enforcer' = 'DROP'. No state of its
// own: what the sink keeps for an epoch is staged output.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "exec/sink.h"

namespace weir::exec {

class SinkOperator final : public Operator {
 public:
  // A column of the table that is NOT NULL, by its place in the input.
  struct NotNullColumn {
    uint32_t column;
    std::string name;
  };

  SinkOperator(std::string sink_id, std::unique_ptr<SinkWriter> writer,
               std::vector<NotNullColumn> not_null, NotNullEnforcer enforcer);

  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;
  [[nodiscard]] bool has_room() const override { return writer_->has_room(); }
  Status snapshot(SnapshotWriter& writer) override;
  Status on_end(Output& out) override;
  Status on_pause() override { return writer_->on_pause(); }

 private:
  Result<types::BatchRef> without_nulls(types::BatchRef batch, Output& out) const;

  std::string sink_id_;
  std::unique_ptr<SinkWriter> writer_;
  std::vector<NotNullColumn> not_null_;
  std::vector<std::string> reasons_;  // one a NOT NULL column
  NotNullEnforcer enforcer_;
};

}  // namespace weir::exec
