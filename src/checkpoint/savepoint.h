// Savepoints: a checkpoint copied into a folder of its own, and a job begun from one.
//
// A savepoint has the form of a checkpoint folder with one manifest and all files that it names, so
// it outlives the job's own clean-up and can be moved. A job that begins from one gets a new run
// id, because the epochs behind it have been used before. The job's thread, before or between
// epochs.
#pragma once

#include <string>

#include "checkpoint/manifest.h"
#include "checkpoint/store.h"

namespace weir::checkpoint {

// kExists when there is a checkpoint in `folder` already.
Status export_savepoint(const CheckpointStore& store, const Manifest& manifest,
                        const std::string& folder);

// Makes the savepoint the newest checkpoint of `store`, which must have none (kExists).
Status import_savepoint(const std::string& folder, CheckpointStore& store,
                        const std::string& run_id);

}  // namespace weir::checkpoint
