#include "server/server.h"

#include <algorithm>

#include "base/random.h"
#include "broker/broker.h"
#include "connectors/factory.h"
#include "connectors/kafka/kafka_target.h"
#include "formats/format.h"
#include "net/io_runtime.h"
#include "server/generator_rate.h"
#include "server/queue_lag.h"
#include "server/store_part.h"

namespace weir::server {
namespace {

constexpr const char* kLockFile = "lock";
constexpr unsigned kIoThreadsMax = 4;
constexpr int64_t kStopJobsMs = 5'000;
// How long a stop waits for what is on its way: a user who pressed Ctrl-C does not wait long, a run
// that ends by itself can.
constexpr int64_t kHurriedDrainMs = 1'200;
constexpr int64_t kPatientDrainMs = 10'000;
constexpr int64_t kDrainPollNs = 20'000'000;

// kafka:9092 in SQL -> where the broker really is, for the store's own Kafka client.
std::vector<net::HostMapping> store_endpoints(const Config& config, uint16_t kafka_port) {
  std::vector<net::HostMapping> mappings;
  // What the configuration does not name and is Kafka's port goes to the embedded broker.
  for (const auto host : connectors::kEmbeddedHosts) {
    mappings.push_back({std::string(host), connectors::kEmbeddedPort, "127.0.0.1", kafka_port});
  }
  for (const auto& [from, to] : config.endpoints) {
    const std::string target = to == kEmbedded ? fmt::format("127.0.0.1:{}", kafka_port) : to;
    const auto mapping = net::parse_host_mapping(from + "=" + target);
    if (!mapping.has_value()) continue;
    std::erase_if(mappings, [&](const net::HostMapping& other) {
      return other.host == mapping->host && other.port == mapping->port;
    });
    mappings.push_back(*mapping);
  }
  return mappings;
}

// Of the jobs' sources, and how far behind the ends of their topics they are.
struct ReadSoFar {
  uint64_t rows = 0;
  int64_t lag = 0;
};

ReadSoFar read_so_far(const ScriptRunner& jobs) {
  ReadSoFar read;
  for (const auto& job : jobs.jobs()) {
    if (job->ended()) continue;
    for (const auto& at : job->status().operators) {
      if (!at.is_source) continue;
      read.rows += at.rows_out + at.bad_rows;
      read.lag += std::max<int64_t>(0, at.lag_records.value_or(0));
    }
  }
  return read;
}

}  // namespace

struct Server::Parts {
  Parts(Context& outer, Pipeline loaded, const ServerOptions& chosen)
      : context(outer), pipeline(std::move(loaded)), options(chosen) {}

  Context& context;
  Pipeline pipeline;
  ServerOptions options;
  std::string data_dir;
  int64_t started_ns = 0;
  bool stopped = false;
  std::function<bool()> stopping;  // the user asks for a stop
  // In the order of their start; destroyed in the opposite one.
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<net::IoRuntime> io;
  std::unique_ptr<broker::Broker> broker;
  std::unique_ptr<StorePart> store;
  std::unique_ptr<connectors::Factory> connectors;
  std::unique_ptr<connectors::Factory> load_connectors;  // the generator's, with its rate
  std::unique_ptr<ScriptRunner> jobs;
  std::unique_ptr<ScriptRunner> generators;

  Status open_data();
  Status start_broker();
  Status create_topics();
  void start_store();
  Status start_jobs(Printer& printer);
  Status stop_jobs(ScriptRunner* runner);
  void add_topics(RunStatus& status) const;
  void add_jobs(RunStatus& status) const;
};

Status Server::Parts::open_data() {
  data_dir = options.data_dir;
  WEIR_TRY(context.env.make_dirs(data_dir));
  auto held = context.env.lock(join_path(data_dir, kLockFile));
  if (!held.has_value()) {
    return Error(std::move(held).error()).hint("stop the other weir, or choose another --data");
  }
  lock = *std::move(held);
  if (options.fresh) {
    for (const char* part : {"broker", "store", "jobs"}) {
      WEIR_TRY(context.env.remove_tree(join_path(data_dir, part)));
    }
  }
  return ok();
}

Status Server::Parts::start_broker() {
  io = std::make_unique<net::IoRuntime>("broker", std::min(core_count(), kIoThreadsMax));
  broker::BrokerOptions made;
  made.data_dir = join_path(data_dir, "broker");
  made.port = options.kafka_port.value_or(pipeline.config.kafka_port);
  made.port_flag = "--kafka-port";
  made.durability = pipeline.config.fsync ? broker::Durability::kFsync : broker::Durability::kOs;
  made.default_partitions = pipeline.config.default_partitions;
  broker = WEIR_TRY(broker::Broker::open(context, std::move(made)));
  WEIR_TRY(create_topics());
  return broker->start(*io);
}

Status Server::Parts::create_topics() {
  for (const auto& [name, topic] : pipeline.config.topics) {
    if (broker->find_topic(name) != nullptr) continue;
    WEIR_TRY(broker->create_topic(name, topic.partitions, broker->options().topic_defaults));
  }
  return ok();
}

void Server::Parts::start_store() {
  if (!pipeline.clickhouse_sql.has_value()) return;
  store =
      std::make_unique<StorePart>(context, join_path(data_dir, "store"),
                                  options.clickhouse_port.value_or(pipeline.config.clickhouse_port),
                                  store_endpoints(pipeline.config, broker->port()));
}

Status Server::Parts::start_jobs(Printer& printer) {
  connectors::Environment environment;
  environment.formats = formats::all_formats();
  environment.broker = broker.get();
  environment.endpoints = pipeline.config.endpoints;
  environment.datagen_seed = secure_random_seed();
  connectors = std::make_unique<connectors::Factory>(environment);
  ScriptOptions script;
  script.state_dir = join_path(data_dir, "jobs");
  script.parallelism = options.parallelism;
  script.stopping = stopping;
  script.queries = false;
  jobs =
      std::make_unique<ScriptRunner>(context, connectors->registry(), *connectors, printer, script);
  WEIR_TRY(jobs->run(pipeline.pipeline_sql.text, pipeline.pipeline_sql.path));
  if (store != nullptr) {
    WEIR_TRY(store->apply(*pipeline.clickhouse_sql));
    store->watch();
  }
  if (!options.generate || options.rate == 0 || !pipeline.generate_sql.has_value()) return ok();
  script.state_dir = join_path(data_dir, "generators");
  WEIR_TRY(context.env.remove_tree(script.state_dir));  // a load is made anew at every start
  if (options.rate.has_value()) {
    const double planned = WEIR_TRY(planned_rate(connectors->registry(), *pipeline.generate_sql));
    environment.datagen_rate_factor = static_cast<double>(*options.rate) / planned;
  }
  load_connectors = std::make_unique<connectors::Factory>(std::move(environment));
  generators = std::make_unique<ScriptRunner>(context, load_connectors->registry(),
                                              *load_connectors, printer, script);
  return generators->run(pipeline.generate_sql->text, pipeline.generate_sql->path);
}

Result<std::unique_ptr<Server>> Server::start(Context& context, Pipeline pipeline,
                                              const ServerOptions& options, Printer& printer,
                                              std::function<bool()> stopping) {
  auto parts = std::make_unique<Parts>(context, std::move(pipeline), options);
  parts->stopping = std::move(stopping);
  parts->started_ns = context.clock.monotonic_ns();
  WEIR_TRY(parts->open_data());
  WEIR_TRY(parts->start_broker());
  parts->start_store();
  auto server = std::unique_ptr<Server>(new Server(std::move(parts)));
  WEIR_TRY(server->parts_->start_jobs(printer));
  return server;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  if (!parts_->stopped) (void)stop();
}

Status Server::Parts::stop_jobs(ScriptRunner* runner) {
  if (runner == nullptr) return ok();
  for (const auto& job : runner->jobs()) job->request_stop();
  Status first = ok();
  const int64_t end_ms = context.clock.monotonic_ms() + kStopJobsMs;
  for (const auto& job : runner->jobs()) {
    if (!job->wait_for(std::max<int64_t>(0, end_ms - context.clock.monotonic_ms()))) continue;
    Status ended = job->wait();
    if (!ended.has_value() && first.has_value()) first = std::move(ended);
  }
  return first;
}

void Server::drain() {
  Parts& parts = *parts_;
  const bool hurried = parts.stopping();
  const int64_t end_ms =
      parts.context.clock.monotonic_ms() + (hurried ? kHurriedDrainMs : kPatientDrainMs);
  const auto wait_until = [&](int64_t until_ms, const auto& is_done) {
    while (!is_done() && parts.context.clock.monotonic_ms() < until_ms &&
           (hurried || !parts.stopping())) {
      parts.context.clock.sleep_ns(kDrainPollNs);
    }
  };
  (void)parts.stop_jobs(parts.generators.get());  // stop() has their errors
  // A lag is as old as the source's last look: it holds when nothing moved between two looks.
  uint64_t rows = UINT64_MAX;
  wait_until((parts.context.clock.monotonic_ms() + end_ms) / 2, [&] {
    const ReadSoFar read = read_so_far(*parts.jobs);
    return read.lag == 0 && std::exchange(rows, read.rows) == read.rows;
  });
  (void)parts.stop_jobs(parts.jobs.get());
  if (parts.store == nullptr) return;
  wait_until(end_ms, [&] { return queue_lag(*parts.broker) == 0; });
  if (parts.store->status().health == store::StoreHealth::kReady) parts.store->refresh_tables();
}

Status Server::stop() {
  Parts& parts = *parts_;
  parts.stopped = true;
  Status generators = parts.stop_jobs(parts.generators.get());
  Status jobs = parts.stop_jobs(parts.jobs.get());
  parts.generators.reset();
  parts.jobs.reset();
  if (parts.store != nullptr) parts.store->stop();
  if (parts.broker != nullptr) parts.broker->stop();
  if (parts.io != nullptr) parts.io->stop();
  return jobs.has_value() ? generators : jobs;
}

bool Server::finished() const {
  const auto& jobs = parts_->jobs->jobs();
  return std::ranges::all_of(jobs, [](const auto& job) { return job->ended(); });
}

std::string Server::endless_job() const {
  for (const auto& job : parts_->jobs->jobs()) {
    const auto status = job->status();
    if (!status.bounded) return status.name;
  }
  return {};
}

std::vector<std::string> Server::notices() const {
  std::vector<std::string> notices;
  const Pipeline& pipeline = parts_->pipeline;
  if (!pipeline.unread_sql.empty()) {
    notices.push_back(
        fmt::format("not read: {} (a pipeline is pipeline.sql, clickhouse.sql and generate.sql)",
                    fmt::join(pipeline.unread_sql, ", ")));
  }
  if (parts_->jobs->jobs().empty()) {
    notices.push_back(pipeline.pipeline_sql.path + " starts no job: there is no INSERT in it");
  }
  for (const auto& job : parts_->jobs->jobs()) {
    const auto status = job->status();
    if (status.dropped_state.empty()) continue;
    notices.push_back(
        fmt::format("the SQL of {} has changed: what {} of its operators had kept is dropped, its "
                    "sources go on "
                    "where they were",
                    status.name, status.dropped_state.size()));
  }
  for (const auto& folder : parts_->jobs->unused_state()) {
    notices.push_back("kept, but used by no job any more (a job is known by its tables): " +
                      folder);
  }
  return notices;
}

std::optional<Error> Server::failure() const {
  for (const ScriptRunner* runner : {parts_->jobs.get(), parts_->generators.get()}) {
    if (runner == nullptr) continue;
    for (const auto& job : runner->jobs()) {
      auto status = job->status();
      if (status.error.has_value()) {
        return Error(*std::move(status.error)).in(fmt::format("job {}", status.name));
      }
    }
  }
  return std::nullopt;
}

void Server::Parts::add_topics(RunStatus& status) const {
  for (const auto& topic : broker->topics()) {
    if (topic->name.starts_with("__")) continue;
    TopicStatus made{topic->name, 0, 0};
    for (const auto& partition : topic->partitions) {
      made.records += static_cast<uint64_t>(partition->offsets().high_watermark);
      made.bytes += partition->size_bytes();
    }
    status.topics.push_back(std::move(made));
  }
}

void Server::Parts::add_jobs(RunStatus& status) const {
  for (const auto& job : jobs->jobs()) {
    const auto shown = job->status();
    for (const auto& at : shown.operators) {
      status.operators.push_back({shown.name, at.name, at.rows_in, at.rows_out,
                                  at.lag_records.value_or(-1),
                                  at.watermark_ms.value_or(INT64_MIN)});
      status.dead_letters += at.bad_rows;
      status.late_rows += at.late_rows;
    }
    status.checkpoints += shown.checkpoint.completed;
    status.last_checkpoint_ms =
        std::max(status.last_checkpoint_ms, shown.checkpoint.last_duration_ms);
  }
}

RunStatus Server::status() const {
  RunStatus status;
  status.pipeline = parts_->pipeline.name;
  status.taken_ns = parts_->context.clock.monotonic_ns();
  status.elapsed_ms = (status.taken_ns - parts_->started_ns) / 1'000'000;
  parts_->add_topics(status);
  parts_->add_jobs(status);
  if (parts_->store != nullptr) {
    const auto store = parts_->store->status();
    status.store = store::store_health_name(store.health);
    status.store_pid = store.pid;
    status.tables = parts_->store->table_rows();
  }
  return status;
}

std::string Server::kafka_address() const { return parts_->broker->address(); }

std::string Server::clickhouse_url() const {
  return parts_->store == nullptr ? std::string{} : parts_->store->url();
}

const std::string& Server::data_dir() const { return parts_->data_dir; }

}  // namespace weir::server
