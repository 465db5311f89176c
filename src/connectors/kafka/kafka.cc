#include "connectors/kafka/kafka.h"

#include "connectors/kafka/embedded_sink.h"
#include "connectors/kafka/embedded_source.h"
#include "connectors/kafka/external_sink.h"
#include "connectors/kafka/external_source.h"
#include "connectors/kafka/kafka_target.h"
#include "connectors/option_rows.h"

namespace weir::connectors {

namespace {

using sql::OptionType;
using types::LogicalType;

Result<std::unique_ptr<exec::Source>> make_source(const SourceRequest& request) {
  const TableOptions options(*request.scan.table, request.info);
  auto target = WEIR_TRY(find_target(request.environment, options));
  if (target.embedded) return make_embedded_source(request, options);
  return make_external_source(request, options, std::move(target.servers));
}

Result<std::unique_ptr<exec::Sink>> make_sink(const SinkRequest& request) {
  const TableOptions options(*request.sink.table, request.info);
  auto target = WEIR_TRY(find_target(request.environment, options));
  if (target.embedded) return make_embedded_sink(request, options);
  return make_external_sink(request, options, std::move(target.servers));
}

std::vector<sql::OptionInfo> source_options() {
  return {
      option(
          "scan.startup.mode", OptionType::kEnum, "Where reading starts.", "group-offsets",
          {"group-offsets", "earliest-offset", "latest-offset", "timestamp", "specific-offsets"}),
      option("scan.startup.specific-offsets", OptionType::kString,
             "'partition:0,offset:42;...' for the mode specific-offsets."),
      option("scan.startup.timestamp-millis", OptionType::kInteger,
             "Milliseconds since 1970 for the mode timestamp."),
      option("scan.bounded.mode", OptionType::kEnum, "Where reading ends.", "unbounded",
             {"unbounded", "latest-offset", "group-offsets", "timestamp", "specific-offsets"}),
      option("scan.bounded.specific-offsets", OptionType::kString,
             "'partition:0,offset:42;...' for the mode specific-offsets."),
      option("scan.bounded.timestamp-millis", OptionType::kInteger,
             "Milliseconds since 1970 for the mode timestamp."),
      option("scan.topic-partition-discovery.interval", OptionType::kDuration,
             "How often new topics and partitions are looked for (5 min; embedded: 200 ms)."),
      scan_parallelism_option(),
      emit_strategy_option(),
      idle_timeout_option(),
  };
}

std::vector<sql::OptionInfo> sink_options() {
  return {
      option(
          "sink.partitioner", OptionType::kString,
          "default (by the key; without one, one after the other), fixed (by lane) or round-robin.",
          "default"),
      option("sink.delivery-guarantee", OptionType::kEnum, "How often a row arrives.",
             "at-least-once", {"at-least-once", "none", "exactly-once"}),
      option("sink.transactional-id-prefix", OptionType::kString,
             "Accepted; the embedded broker needs none."),
      option("sink.transaction-naming-strategy", OptionType::kEnum,
             "Accepted; the embedded broker needs none.", "INCREMENTING",
             {"INCREMENTING", "POOLING"}),
      sink_parallelism_option(),
  };
}

std::vector<sql::OptionInfo> all_options() {
  std::vector<sql::OptionInfo> options = {
      option("topic", OptionType::kStringList, "The topic, or several with ';' between to read."),
      option("topic-pattern", OptionType::kString,
             "A regular expression: all topics whose whole name matches are read."),
      required_option("properties.bootstrap.servers",
                      "host:port of Kafka, looked up in `endpoints`."),
      option("properties.group.id", OptionType::kString,
             "The consumer group whose offsets are started from and committed."),
      option("properties.*", OptionType::kString, "Properties of Kafka's clients."),
      format_option(),
      option("value.format", OptionType::kString, "The same as format."),
      option("value.fields-include", OptionType::kEnum,
             "Whether the value holds the key's columns too.", "ALL", {"ALL", "EXCEPT_KEY"}),
      option("key.format", OptionType::kString, "How keys of records are read and written."),
      option("key.fields", OptionType::kStringList, "The columns that lie in the key."),
      option("key.fields-prefix", OptionType::kString,
             "What the names of the key's columns begin with, in the table but not in the key."),
  };
  for (auto group : {source_options(), sink_options()}) {
    for (auto& row : group) options.push_back(std::move(row));
  }
  return options;
}

std::vector<sql::MetadataInfo> all_metadata() {
  const auto not_null = [](const LogicalType& type) { return type.with_nullable(false); };
  const LogicalType text = not_null(LogicalType::string());
  const LogicalType headers = LogicalType::map(text, not_null(LogicalType::bytes()));
  return {{"topic", text, true},
          {"partition", not_null(LogicalType::integer())},
          {"headers", not_null(headers), true},
          {"leader-epoch", LogicalType::integer()},
          {"offset", not_null(LogicalType::bigint())},
          {"timestamp", not_null(LogicalType::timestamp_ltz(3)), true},
          {"timestamp-type", text}};
}

}  // namespace

const Connector& kafka_connector() {
  static const Connector connector = {
      .info = {.name = "kafka",
               .doc = "Topics of Kafka, or of the broker that is embedded here.",
               .source = true,
               .sink = true,
               .needs_format = true,
               .options = all_options(),
               .metadata = all_metadata()},
      .make_source = make_source,
      .make_sink = make_sink,
  };
  return connector;
}

}  // namespace weir::connectors
