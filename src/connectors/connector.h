// Connector: one row of connectors/all.cc: what SQL must know of it, and how its ends are made.
//
// To add a connector, write a file with a `const Connector& x_connector()` and list it in all.cc:
// option checks, SHOW, docs and the factory read the row. Rows live for the whole program.
// A maker checks what only the connector can know (a column that fits no format, a path) and fails
// with the user's error; it does no I/O that a failing peer could block.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/context.h"
#include "base/result.h"
#include "exec/job_settings.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "formats/format.h"
#include "plan/nodes.h"
#include "sql/connector_info.h"

namespace weir::broker {
class Broker;
}

namespace weir::connectors {

// Takes a block of whole lines; one call is one write. Any thread.
using TextOutput = std::function<Status(std::string_view)>;

// The process's standard output and standard error, flushed with every call.
[[nodiscard]] TextOutput standard_output();
[[nodiscard]] TextOutput standard_error();

// What the top of the program (or a test) hands to all connectors. Must outlive all jobs.
struct Environment {
  std::span<const formats::Format* const> formats;
  // The embedded broker; null: there is none, and rejects are only counted.
  broker::Broker* broker = nullptr;
  // How host:port (or a host alone) as written in SQL is reached: an address, or "embedded".
  std::map<std::string, std::string> endpoints;
  TextOutput output = standard_output();
  TextOutput error_output = standard_error();
  // Multiplies every datagen table's rows-per-second (`--rate`).
  double datagen_rate_factor = 1.0;
  // Equal seeds make equal rows.
  uint64_t datagen_seed = 0;
};

struct SourceRequest {
  const Environment& environment;
  const sql::ConnectorInfo& info;
  const plan::ScanNode& scan;
  const exec::JobSettings& settings;
  Context& context;
};

struct SinkRequest {
  const Environment& environment;
  const sql::ConnectorInfo& info;
  const plan::SinkNode& sink;
  const exec::JobSettings& settings;
  Context& context;
};

struct Connector {
  sql::ConnectorInfo info;
  // Null: it cannot be read, or written.
  Result<std::unique_ptr<exec::Source>> (*make_source)(const SourceRequest& request) = nullptr;
  Result<std::unique_ptr<exec::Sink>> (*make_sink)(const SinkRequest& request) = nullptr;
};

// All connectors, by name.
[[nodiscard]] std::span<const Connector* const> all_connectors();
[[nodiscard]] const Connector* find_connector(std::string_view name);

}  // namespace weir::connectors
