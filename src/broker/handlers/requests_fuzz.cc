// Requests from their header to the answer's bytes, through every handler, against a broker on a
// folder of its own. The first two bytes choose API and version, the rest is the body: what decodes
// is handled and its answer encoded.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>

#include "base/check.h"
#include "broker/handlers/api_table.h"
#include "kafka/record_builder.h"

namespace weir::broker {
namespace {

// Handlers that wait (for records, for a group) are stepped this often, then left.
constexpr int kSteps = 200;
constexpr const char* kTopic = "t";

struct World {
  World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-fuzz-XXXXXX").string();
    dir = mkdtemp(pattern.data());
    BrokerOptions options;
    options.data_dir = dir;
    options.durability = Durability::kOs;
    options.sync_threads = 0;
    options.random_seed = 1;
    options.default_partitions = 2;
    broker = *Broker::open(
        {.env = system_env(), .clock = clock, .log = silent_logger(), .metrics = metrics}, options);
    (void)broker->get_or_create_topic(kTopic);
  }
  ~World() {
    broker->stop();  // answers what waits; it then ends on `io`
    io.restart();
    io.run();
    broker.reset();
    std::filesystem::remove_all(dir);
  }
  // Topics that inputs made are folders: keeps their number small.
  void tidy_up() {
    constexpr size_t kMostTopics = 20;
    const auto topics = broker->topics();
    if (topics.size() <= kMostTopics) return;
    for (const TopicRef& topic : topics) {
      if (topic->name != kTopic) (void)broker->delete_topic(topic->name);
    }
  }

  boost::asio::io_context io;
  std::string dir;
  Metrics metrics;
  ManualClock clock{1'700'000'000'000'000};
  std::unique_ptr<Broker> broker;
};

void run(World& world, std::span<const std::byte> input) {
  if (input.size() < 2) return;
  const auto table = api_table();
  const ApiRow& row = table[std::to_integer<size_t>(input[0]) % table.size()];
  const auto versions = static_cast<size_t>(row.max_version - row.min_version + 1);
  auto& io = world.io;
  io.restart();
  auto context =
      std::make_shared<RequestContext>(RequestContext{*world.broker, {}, "fuzz", {}, false});
  context->header.api_key = static_cast<int16_t>(row.api);
  context->header.api_version = static_cast<int16_t>(
      row.min_version + static_cast<int>(std::to_integer<size_t>(input[1]) % versions));
  boost::asio::co_spawn(
      io,
      [context, &row,
       body = std::vector(input.begin() + 2, input.end())]() -> boost::asio::awaitable<void> {
        ByteReader in{std::span<const std::byte>(body)};
        const auto reply = co_await row.handler(*context, in);
        if (!reply.has_value()) co_return;
        size_t last = 0;
        for (const auto& slot : reply->slots) {
          WEIR_CHECK(slot.position >= last && slot.position <= reply->bytes.size(),
                     "records lie inside the answer, in order");
          last = slot.position;
        }
      },
      [](const std::exception_ptr& failure) {
        WEIR_CHECK(failure == nullptr, "a handler does not throw");
      });
  for (int i = 0; i < kSteps && io.poll_one() > 0; ++i) world.broker->sync_now();
  world.tidy_up();
}

// As an input: the row and the version in front of the encoded body.
template <typename Request>
std::string as_input(const Request& request, int16_t version) {
  ByteWriter out;
  const auto table = api_table();
  const auto row = std::ranges::find(table, Request::kApi, &ApiRow::api);
  out.be(static_cast<uint8_t>(row - table.begin()));
  out.be(static_cast<uint8_t>(version - Request::kMinVersion));
  request.encode(out, version);
  const auto bytes = out.view();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::string> real_requests() {
  kafka::RecordBatchBuilder builder;
  for (int i = 0; i < 5; ++i) builder.add(1000 + i, "key", "value");
  const BufferRef batch = *builder.finish();
  kafka::ProduceRequest produce;
  produce.acks = -1;
  produce.topic_data.push_back({kTopic, {{0, kafka::Records{batch->bytes()}}}});
  kafka::FetchRequest fetch;
  fetch.max_wait_ms = 100;
  fetch.min_bytes = 1;
  kafka::FetchRequest::Topic wanted;
  wanted.topic = kTopic;
  wanted.partitions.emplace_back().partition_max_bytes = 1000;
  fetch.topics.push_back(wanted);
  kafka::ListOffsetsRequest list;
  kafka::ListOffsetsRequest::Topic listed;
  listed.name = kTopic;
  listed.partitions.emplace_back().timestamp = 1002;
  list.topics.push_back(listed);
  return {as_input(produce, 9), as_input(produce, 3), as_input(fetch, 12), as_input(list, 5)};
}

}  // namespace
}  // namespace weir::broker

// Bodies of each request, empty and filled, so that mutations begin at what decodes.
std::vector<std::string> weir_fuzz_corpus() {
  std::vector<std::string> corpus = weir::broker::real_requests();
  for (size_t api = 0; api < weir::broker::api_table().size(); ++api) {
    for (const char version : {'\0', '\3', '\7'}) {
      corpus.push_back(std::string{static_cast<char>(api), version} + std::string(40, '\0'));
      corpus.push_back(std::string{static_cast<char>(api), version} + std::string(60, '\1'));
    }
  }
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static weir::broker::World world;
  weir::broker::run(world, std::as_bytes(std::span(data, size)));
  return 0;
}
