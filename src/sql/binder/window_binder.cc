#include "sql/binder/expression_binder.h"
#include "sql/binder/query_binder.h"

// The window functions behind FROM.

namespace weir::sql {
namespace {

using types::LogicalType;
using types::TimeAttribute;

}  // namespace

Result<int64_t> QueryBinder::window_interval(const ast::WindowCall& call, std::string_view name,
                                             size_t position) {
  const ast::Expression* found = nullptr;
  for (size_t i = 0; i < call.intervals.size(); ++i) {
    const bool named = !call.interval_names[i].empty();
    if (named ? call.interval_names[i] == name : i == position) found = call.intervals[i].get();
  }
  if (found == nullptr) {
    return not_found(fmt::format("{} needs the argument {}", call.function, name))
        .at(source_->position(call.function_span));
  }
  const Scope nothing;
  auto bound = WEIR_TRY(ExpressionBinder(*source_, nothing).bind(*found));
  if (bound->kind != Expression::Kind::kLiteral ||
      bound->type.kind() != types::TypeKind::kIntervalDayTime) {
    return invalid(
               fmt::format("{} of {} must be an interval of days to seconds", name, call.function))
        .hint("write INTERVAL '10' SECOND")
        .at(source_->position(found->span));
  }
  const int64_t value = std::get<int64_t>(bound->literal);
  if (value <= 0 && name != "OFFSET") {
    return invalid(fmt::format("{} of {} must be above zero", name, call.function))
        .at(source_->position(found->span));
  }
  return value;
}

Result<QueryBinder::From> QueryBinder::bind_window(const ast::FromItem& item,
                                                   const Environment* environment) {
  const ast::WindowCall& call = item.window;
  From from = WEIR_TRY(bind_from(*item.input, environment));
  Relation::Window window;
  window.time_column = WEIR_TRY(from.scope.resolve(call.descriptor, *source_));
  window.position = source_->position(call.function_span);
  const LogicalType time = from.relation->schema[window.time_column].type;
  if (!time.is_rowtime()) {
    auto error = time.time_attribute() == TimeAttribute::kProctime
                     ? unsupported("not offered yet: windows over processing time")
                     : invalid(fmt::format("The window function requires the timecol is a time "
                                           "attribute type, but is {}.",
                                           time.to_string()))
                           .hint(
                               "declare it in the table: WATERMARK FOR column AS column - "
                               "INTERVAL '5' SECOND");
    return std::move(error).at(source_->position(call.descriptor.span));
  }
  const bool tumble = call.function == "TUMBLE";
  const bool hop = call.function == "HOP";
  window.kind = tumble ? Relation::Window::Kind::kTumble
                : hop  ? Relation::Window::Kind::kHop
                       : Relation::Window::Kind::kCumulate;
  window.size_ms = WEIR_TRY(window_interval(call, "SIZE", tumble ? 0 : 1));
  window.slide_ms =
      tumble ? window.size_ms : WEIR_TRY(window_interval(call, hop ? "SLIDE" : "STEP", 0));
  if (window.size_ms % window.slide_ms != 0) {
    return invalid(fmt::format("{} table function based aggregate requires {} must be an integral "
                               "multiple of {}, but got {} {} ms and {} {} ms",
                               call.function, hop ? "size" : "maxSize", hop ? "slide" : "step",
                               hop ? "size" : "maxSize", window.size_ms, hop ? "slide" : "step",
                               window.slide_ms))
        .at(window.position);
  }
  const size_t needed = tumble ? 1 : 2;
  if (call.intervals.size() > needed) {
    window.offset_ms = WEIR_TRY(window_interval(call, "OFFSET", needed));
  }
  if (call.intervals.size() > needed + 1) {
    return invalid(fmt::format("{} has too many arguments", call.function)).at(window.position);
  }
  auto fields = from.relation->schema.fields();
  const auto bound = LogicalType::timestamp(3).with_nullable(false);
  const auto plain = time.with_nullable(false).with_time_attribute(TimeAttribute::kNone);
  const auto window_time =
      (plain.kind() == types::TypeKind::kTimestamp ? LogicalType::timestamp(3)
                                                   : LogicalType::timestamp_ltz(3))
          .with_nullable(false)
          .with_time_attribute(TimeAttribute::kRowtime);
  // The time column stays an ordinary column; from here on window_time is the time attribute.
  auto& time_field = fields[window.time_column].type;
  time_field = time_field.with_time_attribute(TimeAttribute::kNone);
  fields.push_back({"window_start", bound});
  fields.push_back({"window_end", bound});
  fields.push_back({"window_time", window_time});
  from.relation = WEIR_TRY(
      make({std::move(window), {from.relation}, types::Schema(std::move(fields))}, item.span));
  return from;
}

}  // namespace weir::sql
