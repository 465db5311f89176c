// A broker's log to columns and back: what the engine's two Kafka ends cost a record, in process
// and through librdkafka and TCP. CPU is the whole process's, which with librdkafka is the broker's
// too.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/random.h"
#include "broker/broker.h"
#include "connectors/factory.h"
#include "kafka/record_builder.h"
#include "net/io_runtime.h"
#include "types/builder.h"

namespace weir::connectors {
namespace {

using types::LogicalType;

constexpr int64_t kRecords = 200'000;
constexpr int64_t kPollNs = 100'000'000;

sql::TableRef make_table(std::string topic, std::string servers) {
  auto table = std::make_shared<sql::Table>();
  table->name = {"default_catalog", "default_database", "actions"};
  const auto add = [&](std::string name, LogicalType type) {
    sql::TableColumn column;
    column.name = std::move(name);
    column.type = std::move(type);
    table->columns.push_back(std::move(column));
  };
  add("user_id", LogicalType::bigint());
  add("action", LogicalType::string());
  add("event_time", LogicalType::timestamp(3));
  table->options.set("connector", "kafka");
  table->options.set("topic", std::move(topic));
  table->options.set("properties.bootstrap.servers", std::move(servers));
  table->options.set("scan.startup.mode", "earliest-offset");
  table->options.set("scan.bounded.mode", "latest-offset");
  table->options.set("format", "json");
  return table;
}

// A record of about 325 bytes, of which the scan reads three fields.
std::string record(int64_t at) {
  return fmt::format(
      R"({{"event_id":"{:032x}","user_id":{},"session_id":"{:016x}","action":"{}",)"
      R"("event_time":"2024-05-01 12:{:02}:{:02}.{:03}","page":"/shop/item-{}","referrer":)"
      R"("https://example.org/landing?campaign={}","user_agent":"Mozilla/5.0 X11; Linux x86_64",)"
      R"("ip_address":"10.0.{}.{}","country":"DE"}})",
      at, at % 100'000, at * 7919, at % 3 == 0 ? "click" : "purchase_completed", at / 60'000 % 60,
      at / 1000 % 60, at % 1000, at % 5000, at % 97, at % 250, at % 254);
}

class World {
 public:
  // Outside: the connector knows the broker only by its address.
  explicit World(bool outside)
      : folder_(fmt::format("/tmp/weir-kafka-bench-{}", secure_random_seed())) {
    broker::BrokerOptions options;
    options.data_dir = folder_;
    options.durability = broker::Durability::kOs;
    options.port = 0;
    broker_ = std::move(broker::Broker::open(context, options)).value();
    io_ = std::make_unique<net::IoRuntime>("broker", 1);
    (void)broker_->start(*io_).value();
    servers = broker_->address();
    Environment environment;
    environment.formats = formats::all_formats();
    if (!outside) environment.broker = broker_.get();
    factory_ = std::make_unique<Factory>(std::move(environment));
  }
  ~World() {
    factory_.reset();
    broker_->stop();
    io_->stop();
    broker_.reset();
    (void)system_env().remove_tree(folder_);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The bytes of all values.
  int64_t fill(const std::string& topic) {
    const auto made = broker_->get_or_create_topic(topic).value();
    kafka::RecordBatchBuilder builder;
    int64_t bytes = 0;
    for (int64_t at = 0; at < kRecords; ++at) {
      const std::string value = record(at);
      bytes += static_cast<int64_t>(value.size());
      builder.add(at, {}, value);
      if (builder.size() < size_t{256} << 10U && at + 1 < kRecords) continue;
      const auto batch = builder.finish().value();
      (void)made->partitions[0]->append_and_wait(batch->bytes()).value();
    }
    return bytes;
  }

  std::string servers;
  Metrics metrics;
  Context context{system_env(), system_clock(), silent_logger(), metrics};
  exec::JobSettings settings;
  Waker waker;
  [[nodiscard]] Factory& factory() { return *factory_; }

 private:
  std::string folder_;
  std::unique_ptr<net::IoRuntime> io_;
  std::unique_ptr<broker::Broker> broker_;
  std::unique_ptr<Factory> factory_;
};

void bm_source(benchmark::State& state) {
  World world(state.range(0) != 0);
  const int64_t bytes = world.fill("actions");
  const auto table = make_table("actions", world.servers);
  plan::ScanNode scan{table, {}};
  for (const auto& column : table->columns) {
    scan.columns.push_back({plan::ScanColumn::Kind::kPhysical, column.name, column.type});
  }
  auto source = world.factory().make_source(scan, world.settings, world.context).value();
  const auto split = source->discover().value().at(0);
  exec::ReaderContext reader_context{world.context, world.settings, 0, world.waker};
  int64_t sum = 0;
  for (auto run : state) {
    (void)run;
    auto reader = source->open(split, {}, reader_context).value();
    int64_t rows = 0;
    for (bool finished = false; !finished;) {
      auto poll = reader->poll(types::Batch::kMaxRows).value();
      finished = poll.finished;
      if (!poll.batch) {
        if (!finished && poll.retry_after_ms.value_or(1) > 0) world.waker.wait(kPollNs);
        continue;
      }
      rows += poll.batch->rows();
      for (const int64_t id : poll.batch->column(0).values<int64_t>()) sum += id;
    }
    if (rows != kRecords) state.SkipWithError("rows are missing");
  }
  state.SetBytesProcessed(state.iterations() * bytes);
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["sum"] = static_cast<double>(sum / std::max<int64_t>(state.iterations(), 1));
}
BENCHMARK(bm_source)
    ->ArgName("outside")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void bm_sink(benchmark::State& state) {
  World world(state.range(0) != 0);
  plan::SinkNode node{make_table("out", world.servers)};
  auto sink = world.factory().make_sink(node, world.settings, world.context).value();
  auto writer =
      sink->make_writer({world.context, world.settings, "s", "r", 0, 1, world.waker}).value();
  constexpr uint32_t kRows = types::Batch::kMaxRows;
  types::Values<int64_t> ids(kRows);
  types::Values<int64_t> times(kRows);
  for (uint32_t row = 0; row < kRows; ++row) {
    ids[row] = row;
    times[row] = 1'714'564'800'000 + row;
  }
  types::Batch::Parts parts;
  parts.rows = kRows;
  parts.columns = {
      types::finish_column(LogicalType::bigint(), kRows, std::move(ids).take()),
      types::make_constant(LogicalType::string(), std::string("purchase_completed"), kRows),
      types::finish_column(LogicalType::timestamp(3), kRows, std::move(times).take())};
  const auto batch = types::Batch::make(std::move(parts));
  uint64_t epoch = 0;
  for (auto run : state) {
    (void)run;
    for (int at = 0; at < 16; ++at) (void)writer->write(batch).value();
    (void)writer->prepare(++epoch).value();
  }
  state.SetItemsProcessed(state.iterations() * 16 * kRows);
}
BENCHMARK(bm_sink)
    ->ArgName("outside")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir::connectors
