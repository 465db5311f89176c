// The subcommands: one row each, in the order of the help text.
#include "cli/program.h"

namespace weir::cli {
namespace {

constexpr DefineCommand kCommands[] = {
    define_run, define_sql, define_broker, define_store, define_topics, define_version,
};

}  // namespace

std::span<const DefineCommand> all_commands() { return kCommands; }

}  // namespace weir::cli
