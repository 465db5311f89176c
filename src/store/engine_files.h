// EngineFiles: what the engine finds on its disk before it starts.
//
// Written anew at every start, from the options: config.xml (no access beyond the data folder),
// users.xml (the rights of all statements), and once the definition of the database `default` as an
// Atomic one. (libchdb would make `default` an overlay over the host's files, in which refreshable
// views do not work.) docs/decisions/store-files.md says why each line is there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/result.h"

namespace weir::store {

// Returns the engine's arguments ("--path=...", "--config-file=...").
Result<std::vector<std::string>> prepare_engine_files(Env& env, const std::string& data_dir,
                                                      bool allow_file_access,
                                                      uint64_t memory_bytes);

}  // namespace weir::store
