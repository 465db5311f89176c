// Rejects: rows that left the stream on the way, and where they are kept.
//
// A bad record (it does not decode, an expression failed, no event time) or a late row. They are
// counted per reason whatever happens; a RejectSink, when the job has one, keeps them as output of
// the epoch, so that a replay does not double them. One row per input row and operator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/sink.h"
#include "exec/split.h"
#include "types/batch.h"

namespace weir::exec {

// A counter, with the labels job, kind ("bad", "late") and reason (its fixed part).
inline constexpr std::string_view kRejectedRowsMetric = "weir_rejected_rows_total";

enum class RejectKind : uint8_t { kBad, kLate };

// Views; valid during the call only.
struct Reject {
  RejectKind kind = RejectKind::kBad;
  std::string_view reason;
  std::string_view operator_name;
  const SplitInfo* split = nullptr;     // null: where the row was read is not known any more
  int64_t offset = -1;                  // -1: likewise
  std::string_view raw;                 // the record's bytes, when the source has them
  const types::Batch* batch = nullptr;  // the row as the operator saw it; null for undecoded ones
  uint32_t row = 0;
  int64_t watermark_ms = INT64_MIN;  // late rows: what they came behind
  int64_t wall_ms = 0;
  bool ignored = false;  // as BadRecord::ignored
};

// A lane's half.
class RejectWriter {
 public:
  virtual ~RejectWriter() = default;
  virtual Status add(const Reject& reject) = 0;
  // As SinkWriter::prepare.
  virtual Result<StagedOutput> prepare(uint64_t epoch) = 0;
};

// Where a job keeps its rejects ("weir.dead_letters", "weir.late_rows").
class RejectSink {
 public:
  virtual ~RejectSink() = default;
  virtual Result<std::unique_ptr<RejectWriter>> make_writer(const SinkContext& context) = 0;
  // Null: add() itself delivered.
  virtual Result<std::unique_ptr<SinkCommitter>> make_committer(
      const CommitterContext& context) = 0;
};

}  // namespace weir::exec
