// recover_log: from a partition's folder to its segments, index and producers.
//
// The steps are those of docs/formats/broker-log.md, "Opening a partition". Cuts a torn tail off
// and says how much it was. Runs before anybody else sees the folder. Blocks.
// Failure: what the Env says; bytes that are not right are cut or rebuilt, not a failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "broker/log/producer_table.h"
#include "broker/log/segment.h"

namespace weir::broker {

struct RecoveredLog {
  std::vector<SegmentRef> segments;  // at least one, which may have no file yet
  ProducerTable producers;
  uint64_t bytes_scanned = 0;  // not covered by an index: perhaps never synced
  uint64_t bytes_cut = 0;      // torn or wrong
};

// `name` ("orders-0") is for messages.
Result<RecoveredLog> recover_log(const Context& context, const std::string& dir,
                                 const std::string& name);

}  // namespace weir::broker
