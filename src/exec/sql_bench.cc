// SQL as it is written, over a batch in memory: the projection of pipelines/unified-events, filters
// and arithmetic. Decoding and encoding have benchmarks of their own.
#include <fmt/format.h>

#include "base/random.h"
#include "exec/bench_chain.h"
#include "exec/operators/operators.h"
#include "plan/registry_for_test.h"
#include "plan/session.h"
#include "types/builder.h"

namespace weir::exec {
namespace {

using types::LogicalType;

constexpr uint32_t kRows = types::Batch::kMaxRows;

constexpr std::string_view kTables =
    "CREATE TABLE raw_events (user_id BIGINT, element_id STRING, url STRING, order_id BIGINT, "
    "amount DECIMAL(10, 2), `timestamp` STRING, ip_address STRING, topic STRING METADATA VIRTUAL) "
    "WITH ('connector' = 'kafka', 'topic' = 'raw', 'format' = 'json', "
    "'properties.bootstrap.servers' = 'kafka:9092');"
    "CREATE TABLE numbers (a BIGINT, b BIGINT, c INT, d DOUBLE) WITH ('connector' = 'datagen');";

plan::Plan plan_of(std::string_view query) {
  plan::Session session(plan::registry_for_test());
  Result<plan::Outcome> last = plan::Outcome(plan::Done{});
  const auto statements = plan::Session::parse_script(std::string(kTables) + std::string(query));
  for (const auto& statement : statements.value()) last = session.execute(statement);
  return std::get<plan::Query>(last.value()).plan;
}

types::ColumnRef texts(const std::vector<std::optional<std::string>>& values) {
  types::Values<types::StringRef> views(kRows, types::Fill::kZero);
  types::ValidityBuilder validity(kRows);
  types::StringHeap heap;
  for (uint32_t row = 0; row < kRows; ++row) {
    if (values[row]) {
      views[row] = heap.add(*values[row]);
    } else {
      validity.set_null(row);
    }
  }
  return types::finish_column(LogicalType::string(), kRows, std::move(views).take(),
                              std::move(validity).take(), heap.take());
}

template <typename T, typename Make>
types::ColumnRef numbers(const LogicalType& type, Make&& make) {
  types::Values<T> values(kRows, types::Fill::kZero);
  types::ValidityBuilder validity(kRows);
  for (uint32_t row = 0; row < kRows; ++row) {
    const std::optional<T> value = make(row);
    if (value) {
      values[row] = *value;
    } else {
      validity.set_null(row);
    }
  }
  return types::finish_column(type, kRows, std::move(values).take(), std::move(validity).take());
}

// One of the three topics, as the Kafka source makes it: the topic is a constant.
types::ColumnRef column_of(const std::string& name, std::string_view topic, Random& random) {
  const bool click = topic == "user_clicks";
  const bool order = topic == "orders";
  std::vector<std::optional<std::string>> text(kRows);
  for (uint32_t row = 0; row < kRows; ++row) {
    const auto n = random.below(100'000);
    if (name == "element_id" && click) text[row] = fmt::format("button-{}", n % 500);
    if (name == "url" && !order) text[row] = fmt::format("/shop/item-{}", n);
    if (name == "timestamp") {
      text[row] = fmt::format("2024-05-{:02} 12:{:02}:{:02}", n % 28 + 1, n % 60, n % 59);
    }
    if (name == "ip_address") text[row] = fmt::format("10.0.{}.{}", n % 3, n % 254);
  }
  if (name == "topic") {
    return types::make_constant(LogicalType::string().with_nullable(false), std::string(topic),
                                kRows);
  }
  const auto below = [&](uint64_t limit) { return static_cast<int64_t>(random.below(limit)); };
  if (name == "user_id" || name == "a") {
    return numbers<int64_t>(LogicalType::bigint(), [&](uint32_t) { return below(100'000); });
  }
  if (name == "b") {
    return numbers<int64_t>(LogicalType::bigint(), [&](uint32_t row) {
      return row % 10 == 0 ? std::nullopt : std::optional(below(1000) + 1);
    });
  }
  if (name == "c") {
    return numbers<int32_t>(LogicalType::integer(),
                            [&](uint32_t) { return static_cast<int32_t>(below(1000)); });
  }
  if (name == "d") {
    return numbers<double>(LogicalType::float64(),
                           [&](uint32_t) { return static_cast<double>(below(1000)) / 8; });
  }
  if (name == "order_id") {
    return numbers<int64_t>(LogicalType::bigint(), [&](uint32_t) {
      return order ? std::optional(below(999'999'999)) : std::nullopt;
    });
  }
  if (name == "amount") {
    return numbers<types::int128_t>(LogicalType::decimal(10, 2), [&](uint32_t) {
      return order ? std::optional(types::int128_t{below(99'999)}) : std::nullopt;
    });
  }
  return texts(text);
}

void run_sql(benchmark::State& state, std::string_view query, std::string_view topic,
             double rows_per_batch) {
  const plan::Plan plan = plan_of(query);
  std::vector<const plan::Node*> nodes;
  const plan::Node* scan = plan.sinks.at(0)->inputs.at(0).get();
  for (; !scan->inputs.empty(); scan = scan->inputs[0].get()) nodes.push_back(scan);
  BenchChain chain(BenchChain::Check::kValues);
  const JobSettings settings;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    chain.add(std::move(make_operator(**node, {settings, nullptr, nullptr, ""}).value().whole));
  }
  chain.finish(state);
  Random random(1);
  types::Batch::Parts parts;
  parts.rows = kRows;
  for (const auto& column : std::get<plan::ScanNode>(scan->body).columns) {
    parts.columns.push_back(column_of(column.name, topic, random));
  }
  const auto batch = types::Batch::make(std::move(parts));
  if (!chain.deliver(batch)) state.SkipWithError("deliver");
  const uint64_t once = chain.hash();
  for (auto step : state) {
    if (!chain.deliver(batch)) state.SkipWithError("deliver");
  }
  const auto batches = static_cast<uint64_t>(state.iterations()) + 1;
  if (chain.rejected() != 0) state.SkipWithError("rows failed");
  if (chain.hash() != once * batches) state.SkipWithError("batches differ in their values");
  if (rows_per_batch > 0 && static_cast<double>(chain.rows() / batches) != rows_per_batch) {
    state.SkipWithError("wrong number of rows");
  }
  state.counters["rows_check"] = static_cast<double>(chain.rows() / batches);
  state.counters["hash"] = static_cast<double>(once % 1'000'000);
  state.SetItemsProcessed(state.iterations() * kRows);
}

constexpr std::string_view kUnifiedEvents =
    "SELECT UPPER(REPLACE(topic, 'user_', '')), TO_TIMESTAMP(`timestamp`), user_id, "
    "CONCAT_WS(' | ', url, element_id, CAST(order_id AS STRING), CAST(amount AS STRING)), "
    "ip_address FROM raw_events";

void project_unified_events(benchmark::State& state, std::string_view topic) {
  run_sql(state, kUnifiedEvents, topic, kRows);
}
BENCHMARK_CAPTURE(project_unified_events, user_clicks, "user_clicks");
BENCHMARK_CAPTURE(project_unified_events, page_views, "page_views");
BENCHMARK_CAPTURE(project_unified_events, orders, "orders");

// Nothing but the columns and the hash over them: what the two above must be compared with.
void project_columns_as_they_are(benchmark::State& state) {
  run_sql(state, "SELECT topic, user_id, url, ip_address FROM raw_events", "user_clicks", kRows);
}
BENCHMARK(project_columns_as_they_are);

void project_one(benchmark::State& state, std::string_view expression, std::string_view topic) {
  run_sql(state, fmt::format("SELECT {} FROM raw_events", expression), topic, kRows);
}
BENCHMARK_CAPTURE(project_one, to_timestamp, "TO_TIMESTAMP(`timestamp`)", "orders");
BENCHMARK_CAPTURE(project_one, bigint_text, "CAST(order_id AS STRING)", "orders");
BENCHMARK_CAPTURE(project_one, decimal_text, "CAST(amount AS STRING)", "orders");
BENCHMARK_CAPTURE(project_one, concat_ws, "CONCAT_WS(' | ', url, element_id)", "user_clicks");
BENCHMARK_CAPTURE(project_one, upper, "UPPER(url)", "user_clicks");
BENCHMARK_CAPTURE(project_one, replace, "REPLACE(url, 'item', 'thing')", "user_clicks");

void project_arithmetic(benchmark::State& state) {
  run_sql(state, "SELECT a * 3 + b, c - 1, d / 2, a / (c + 1) FROM numbers", "", kRows);
}
BENCHMARK(project_arithmetic);

void filter_numbers(benchmark::State& state) {
  run_sql(state, "SELECT a, d FROM numbers WHERE a > 50000 AND b < 900 AND c <> 7", "", 0);
}
BENCHMARK(filter_numbers);

void filter_text(benchmark::State& state) {
  run_sql(state, "SELECT user_id, url FROM raw_events WHERE url LIKE '/shop/item-1%'",
          "user_clicks", 0);
}
BENCHMARK(filter_text);

}  // namespace
}  // namespace weir::exec
