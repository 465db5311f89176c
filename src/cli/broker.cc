#include "broker/broker.h"

#include <cstdio>

#include "base/json_object.h"
#include "base/thread.h"
#include "cli/program.h"
#include "net/io_runtime.h"

namespace weir::cli {
namespace {

constexpr unsigned kIoThreadsMax = 4;
constexpr int64_t kWaitMs = 60'000;

struct BrokerArguments {
  broker::BrokerOptions options;
  std::string durability = "fsync";
};

Status run_broker(Program& program, BrokerArguments& arguments) {
  const Context context = program.context();
  arguments.options.durability =
      arguments.durability == "os" ? broker::Durability::kOs : broker::Durability::kFsync;
  net::IoRuntime io("broker", std::min(core_count(), kIoThreadsMax));
  const auto running = WEIR_TRY(broker::Broker::open(context, arguments.options));
  WEIR_TRY(running->start(io));
  if (program.json) {
    JsonObject out;
    out.add("event", "started").add("kafka", running->address());
    std::printf("%s\n", out.text().c_str());
  } else {
    std::printf("Kafka at %s, data in %s; Ctrl-C stops\n", running->address().c_str(),
                arguments.options.data_dir.c_str());
  }
  std::fflush(stdout);
  while (!program.stop.wait_ms(kWaitMs)) {
  }
  running->stop();
  io.stop();
  return ok();
}

}  // namespace

void define_broker(CommandLine& line, Program& program) {
  auto arguments = std::make_shared<BrokerArguments>();
  auto& options = arguments->options;
  options.port_flag = "--port";
  Command command =
      add_command(line, program, "broker", "Run the Kafka broker alone",
                  "  weir broker --data /var/lib/weir/broker\n"
                  "  weir broker --data ./data --port 0 --json     # a free port, told as JSON",
                  [&program, arguments] { return run_broker(program, *arguments); });
  command.text("--data", options.data_dir, "Where the logs lie", Presence::kRequired);
  command.text("--host", options.host, "Address to listen on");
  command.number("--port", options.port, kPortRange, "Port; 0: a free one");
  command.text("--advertised-host", options.advertised_host,
               "What clients are told instead of the address");
  command.number("--partitions", options.default_partitions, {1, 10'000},
                 "Partitions of topics that are made when first used");
  command.choice("--durability", arguments->durability, {"fsync", "os"},
                 "When a record is acknowledged: fsync (it survives loss of power) or os");
}

}  // namespace weir::cli
