#include "broker/broker.h"

#include <nlohmann/json.hpp>

#include <cstdio>

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
    const nlohmann::ordered_json out{{"event", "started"}, {"kafka", running->address()}};
    std::printf("%s\n", out.dump().c_str());
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

void define_broker(CLI::App& app, Program& program) {
  auto arguments = std::make_shared<BrokerArguments>();
  arguments->options.port_flag = "--port";
  auto* command =
      add_command(app, program, "broker", "Run the Kafka broker alone",
                  "  weir broker --data /var/lib/weir/broker\n"
                  "  weir broker --data ./data --port 0 --json     # a free port, told as JSON",
                  [&program, arguments] { return run_broker(program, *arguments); });
  command->add_option("--data", arguments->options.data_dir, "Where the logs lie")->required();
  command->add_option("--host", arguments->options.host, "Address to listen on")
      ->capture_default_str();
  command->add_option("--port", arguments->options.port, "Port; 0: a free one")
      ->capture_default_str();
  command->add_option("--advertised-host", arguments->options.advertised_host,
                      "What clients are told instead of the address");
  command
      ->add_option("--partitions", arguments->options.default_partitions,
                   "Partitions of topics that are made when first used")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--durability", arguments->durability,
                   "When a record is acknowledged: fsync (it survives loss of power) or os")
      ->check(CLI::IsMember({"fsync", "os"}))
      ->capture_default_str();
}

}  // namespace weir::cli
