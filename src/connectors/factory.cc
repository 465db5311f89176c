#include "connectors/factory.h"

#include <fmt/format.h>

#include "connectors/reject_topics.h"

namespace weir::connectors {

namespace {

sql::OptionType option_type(formats::FormatOption::Type type) {
  switch (type) {
    case formats::FormatOption::Type::kString: return sql::OptionType::kString;
    case formats::FormatOption::Type::kBoolean: return sql::OptionType::kBoolean;
    case formats::FormatOption::Type::kInteger: return sql::OptionType::kInteger;
    case formats::FormatOption::Type::kEnum: return sql::OptionType::kEnum;
  }
  return sql::OptionType::kString;
}

std::unique_ptr<sql::FormatInfo> format_info(const formats::Format& format) {
  auto info = std::make_unique<sql::FormatInfo>();
  info->name = format.name;
  info->doc = format.doc;
  info->decodes = format.make_decoder != nullptr;
  info->encodes = format.make_encoder != nullptr;
  for (const auto& option : format.options) {
    info->options.push_back({option.key, option_type(option.type), false, option.default_value,
                             option.choices, option.doc});
  }
  return info;
}

// The binder has refused unknown connectors; a plan from elsewhere may still name one.
Result<const Connector*> connector_of(const sql::Table& table) {
  const auto* connector = find_connector(table.connector());
  if (connector == nullptr) {
    return not_found(fmt::format("there is no connector '{}'", table.connector()));
  }
  return connector;
}

}  // namespace

Factory::Factory(Environment environment) : environment_(std::move(environment)) {
  for (const auto* connector : all_connectors()) connector_infos_.push_back(&connector->info);
  for (const auto* format : environment_.formats) {
    formats_.push_back(format_info(*format));
    format_infos_.push_back(formats_.back().get());
  }
}

Result<std::unique_ptr<exec::Source>> Factory::make_source(const plan::ScanNode& scan,
                                                           const exec::JobSettings& settings,
                                                           Context& context) {
  const auto* connector = WEIR_TRY(connector_of(*scan.table));
  if (connector->make_source == nullptr) {
    return unsupported(fmt::format("the connector {} cannot be read", connector->info.name));
  }
  return connector->make_source({environment_, connector->info, scan, settings, context});
}

Result<std::unique_ptr<exec::Sink>> Factory::make_sink(const plan::SinkNode& sink,
                                                       const exec::JobSettings& settings,
                                                       Context& context) {
  const auto* connector = WEIR_TRY(connector_of(*sink.table));
  if (connector->make_sink == nullptr) {
    return unsupported(fmt::format("the connector {} cannot be written", connector->info.name));
  }
  return connector->make_sink({environment_, connector->info, sink, settings, context});
}

Result<std::unique_ptr<exec::Sink>> Factory::make_collect(const types::Schema&) {
  return unsupported("nobody takes the rows of this query");
}

Result<std::unique_ptr<exec::RejectSink>> Factory::make_reject_sink(
    const exec::JobSettings& settings, Context&) {
  if (environment_.broker == nullptr) return std::unique_ptr<exec::RejectSink>();
  return make_reject_topics(*environment_.broker, settings.job_name);
}

}  // namespace weir::connectors
