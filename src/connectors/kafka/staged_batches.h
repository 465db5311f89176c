// Staged record batches: how an epoch's output for the embedded broker waits in a checkpoint, and
// how it is delivered exactly once.
//
// A StagedOutput has one file a partition, named "topic/partition", with the record batches of one
// producer id, whose sequences count from 0. The broker remembers a producer's last five batches,
// for a day; what the committer makes of its answers is in the .cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/env.h"
#include "exec/sink.h"

namespace weir::broker {
class Broker;
}

namespace weir::connectors {

// Adds the files of what was staged for the topic, by partition; leaves `staged` empty.
void take_staged(const std::string& topic, std::vector<std::vector<BufferRef>>& staged,
                 std::vector<exec::StagedBytes>& files);

[[nodiscard]] std::unique_ptr<exec::SinkCommitter> staged_batches_committer(broker::Broker& broker,
                                                                            Env& env);

}  // namespace weir::connectors
