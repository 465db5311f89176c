// Connectors and formats for the tests of this folder: the shapes of the real rows, which live in
// layers above.
//
// Test code only; constants, any thread.
#pragma once

#include "sql/connector_info.h"

namespace weir::plan {

[[nodiscard]] inline sql::Registry registry_for_test() {
  using sql::OptionType;
  using types::LogicalType;
  static const sql::ConnectorInfo kafka{
      .name = "kafka",
      .doc = "A Kafka topic.",
      .source = true,
      .sink = true,
      .bounded_by_default = false,
      .needs_format = true,
      .options =
          {{"topic", OptionType::kStringList, false, {}, {}, "The topics."},
           {"topic-pattern", OptionType::kString, false, {}, {}, "A pattern of topics."},
           {"properties.bootstrap.servers", OptionType::kString, true, {}, {}, "The brokers."},
           {"properties.*", OptionType::kString, false, {}, {}, "The client's own."},
           {"format", OptionType::kString, false, {}, {}, "The value's format."},
           {"scan.startup.mode",
            OptionType::kEnum,
            false,
            "group-offsets",
            {"group-offsets", "earliest-offset", "latest-offset"},
            "Where to start."},
           {"scan.bounded.mode",
            OptionType::kEnum,
            false,
            "unbounded",
            {"unbounded", "latest-offset"},
            "Where to end."},
           {"sink.delivery-guarantee",
            OptionType::kEnum,
            false,
            "at-least-once",
            {"at-least-once", "none", "exactly-once"},
            "The guarantee."},
           {"sink.transactional-id-prefix", OptionType::kString, false, {}, {}, "A prefix."}},
      .metadata = {{"topic", LogicalType::string().with_nullable(false), false},
                   {"offset", LogicalType::bigint().with_nullable(false), false},
                   {"timestamp", LogicalType::timestamp_ltz(3).with_nullable(false), true}}};
  static const sql::ConnectorInfo datagen{
      .name = "datagen",
      .doc = "Made-up rows.",
      .source = true,
      .options = {{"rows-per-second", OptionType::kInteger, false, "10000", {}, "Rows a second."},
                  {"number-of-rows", OptionType::kInteger, false, {}, {}, "Rows in all."},
                  {"fields.#.kind",
                   OptionType::kEnum,
                   false,
                   "random",
                   {"random", "sequence"},
                   "How values are made."}},
      .metadata = {}};
  static const sql::ConnectorInfo print{
      .name = "print", .doc = "Standard output.", .sink = true, .options = {}, .metadata = {}};
  static const sql::ConnectorInfo blackhole{
      .name = "blackhole", .doc = "Nowhere.", .sink = true, .options = {}, .metadata = {}};
  static const sql::FormatInfo json{
      .name = "json",
      .doc = "JSON.",
      .decodes = true,
      .encodes = true,
      .options = {{"ignore-parse-errors", OptionType::kBoolean, false, "false", {}, "Leniency."},
                  {"timestamp-format.standard",
                   OptionType::kEnum,
                   false,
                   "SQL",
                   {"SQL", "ISO-8601"},
                   "The form of times."}},
      .metadata = {}};
  static const sql::ConnectorInfo* const connectors[] = {&kafka, &datagen, &print, &blackhole};
  static const sql::FormatInfo* const formats[] = {&json};
  return {connectors, formats};
}

}  // namespace weir::plan
