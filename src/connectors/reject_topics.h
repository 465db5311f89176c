// Rejects in two topics of the embedded broker: weir.dead_letters and weir.late_rows.
//
// A record is one JSON object: job, operator, reason, topic, partition, offset, time (ISO), the
// record's bytes as `raw` (or `raw_base64` where they are not UTF-8), the row as it was seen as
// `row`, and for late rows the `watermark`. What is not known is left out. Records are output of
// the epoch, staged in the checkpoint and delivered exactly once. The topics are made when they are
// missing: one partition, kept for 7 days or 1 GB.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "exec/rejects.h"

namespace weir::broker {
class Broker;
}

namespace weir::connectors {

inline constexpr const char* kDeadLetterTopic = "weir.dead_letters";
inline constexpr const char* kLateRowTopic = "weir.late_rows";

[[nodiscard]] Result<std::unique_ptr<exec::RejectSink>> make_reject_topics(broker::Broker& broker,
                                                                           std::string job_name);

// The JSON object of one reject.
[[nodiscard]] std::string reject_json(const exec::Reject& reject, const std::string& job_name);

}  // namespace weir::connectors
