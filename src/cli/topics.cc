#include <librdkafka/rdkafka.h>

#include <cstdio>

#include "base/json_object.h"
#include "cli/program.h"
#include "cli/tableau.h"

namespace weir::cli {
namespace {

constexpr int kTimeoutMs = 5'000;

struct TopicsArguments {
  std::string bootstrap = "127.0.0.1:9092";
};

struct TopicLine {
  std::string name;
  int partitions = 0;
  int64_t records = 0;  // between the first and the last offset
};

struct HandleDeleter {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
using Handle = std::unique_ptr<rd_kafka_t, HandleDeleter>;

Error unreachable(const std::string& bootstrap, rd_kafka_resp_err_t code) {
  return unavailable(fmt::format("no broker answers at {}: {}", bootstrap, rd_kafka_err2str(code)))
      .hint("start one with `weir run` or `weir broker`, or name another with --bootstrap");
}

Result<Handle> connect(const std::string& bootstrap) {
  rd_kafka_conf_t* config = rd_kafka_conf_new();
  char message[256];
  rd_kafka_conf_set(config, "bootstrap.servers", bootstrap.c_str(), message, sizeof(message));
  rd_kafka_conf_set(config, "log_level", "0", message, sizeof(message));
  rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_CONSUMER, config, message, sizeof(message));
  if (handle == nullptr) {
    rd_kafka_conf_destroy(config);
    return invalid(std::string("Kafka client: ") + message);
  }
  return Handle(handle);
}

Result<std::vector<TopicLine>> list_topics(const std::string& bootstrap) {
  const Handle handle = WEIR_TRY(connect(bootstrap));
  const rd_kafka_metadata_t* metadata = nullptr;
  rd_kafka_resp_err_t code = rd_kafka_metadata(handle.get(), 1, nullptr, &metadata, kTimeoutMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable(bootstrap, code);
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)> owner(
      metadata, rd_kafka_metadata_destroy);
  std::vector<TopicLine> lines;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const auto& topic = metadata->topics[t];
    TopicLine line{topic.topic, topic.partition_cnt, 0};
    for (int p = 0; p < topic.partition_cnt; ++p) {
      int64_t low = 0;
      int64_t high = 0;
      code = rd_kafka_query_watermark_offsets(handle.get(), topic.topic, topic.partitions[p].id,
                                              &low, &high, kTimeoutMs);
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable(bootstrap, code);
      line.records += high - low;
    }
    lines.push_back(std::move(line));
  }
  std::ranges::sort(lines, {}, &TopicLine::name);
  return lines;
}

Status print_topics(const Program& program, const TopicsArguments& arguments) {
  const auto lines = WEIR_TRY(list_topics(arguments.bootstrap));
  std::vector<std::vector<Cell>> rows;
  for (const auto& line : lines) {
    if (program.json) {
      JsonObject out;
      out.add("name", line.name).add("partitions", line.partitions).add("records", line.records);
      std::printf("%s\n", out.text().c_str());
    }
    rows.push_back(
        {line.name, fmt::format("{}", line.partitions), fmt::format("{}", line.records)});
  }
  if (!program.json) {
    std::printf("%s", finished_table({"topic", "partitions", "records"}, rows).c_str());
  }
  return ok();
}

}  // namespace

void define_topics(CommandLine& line, Program& program) {
  auto arguments = std::make_shared<TopicsArguments>();
  Command command =
      add_command(line, program, "topics", "List the topics of a Kafka broker",
                  "  weir topics\n  weir topics --bootstrap kafka:9092 --json",
                  [&program, arguments] { return print_topics(program, *arguments); });
  command.text("--bootstrap", arguments->bootstrap, "host:port of a broker");
}

}  // namespace weir::cli
