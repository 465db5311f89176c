#include "connectors/datagen/datagen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "connectors/datagen/generator.h"
#include "connectors/option_rows.h"
#include "connectors/table_options.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr double kStepSeconds = 0.01;
constexpr double kCatchUpSeconds = 1.0;
constexpr int64_t kMaxSplits = 1024;

struct Recipe {
  std::vector<std::unique_ptr<ColumnGenerator>> columns;
  double rows_per_second = 0;   // of all splits
  std::optional<int64_t> rows;  // of all splits
  int64_t splits = 1;
};

class DatagenReader final : public exec::SplitReader {
 public:
  DatagenReader(const Recipe& recipe, int64_t split, uint32_t number, int64_t made, Clock& clock)
      : recipe_(recipe),
        split_(split),
        number_(number),
        made_(made),
        rate_(recipe.rows_per_second / static_cast<double>(recipe.splits)),
        step_(std::max(1.0, std::floor(rate_ * kStepSeconds))),
        clock_(clock),
        last_ns_(clock.monotonic_ns()),
        due_(step_) {}

  Result<exec::Poll> poll(uint32_t max_rows) override {
    exec::Poll poll;
    const int64_t left = recipe_.rows ? rows_of_split() - made_ : INT64_MAX;
    if (left <= 0) {
      poll.at_end = poll.finished = true;
      return poll;
    }
    const int64_t now_ns = clock_.monotonic_ns();
    due_ += static_cast<double>(now_ns - last_ns_) * 1e-9 * rate_;
    due_ = std::min(due_, std::max(step_, rate_ * kCatchUpSeconds));
    last_ns_ = now_ns;
    if (due_ < std::min(step_, static_cast<double>(left))) {
      poll.retry_after_ms =
          std::max<int64_t>(1, static_cast<int64_t>(std::ceil((step_ - due_) / rate_ * 1000.0)));
      return poll;
    }
    const auto count =
        static_cast<uint32_t>(std::min({static_cast<int64_t>(due_), int64_t{max_rows}, left}));
    due_ -= count;
    poll.batch = make(count);
    poll.at_end = poll.finished = recipe_.rows && made_ == rows_of_split();
    return poll;
  }

  [[nodiscard]] std::string position() const override { return std::to_string(made_); }
  [[nodiscard]] int64_t lag() const override { return recipe_.rows ? rows_of_split() - made_ : -1; }

 private:
  [[nodiscard]] int64_t rows_of_split() const {
    return *recipe_.rows / recipe_.splits + (split_ < *recipe_.rows % recipe_.splits ? 1 : 0);
  }

  types::BatchRef make(uint32_t count) {
    rows_.resize(count);
    for (uint32_t at = 0; at < count; ++at) rows_[at] = split_ + (made_ + at) * recipe_.splits;
    made_ += count;
    const int64_t now_ms = clock_.wall_ms();
    types::Batch::Parts parts;
    parts.rows = count;
    for (const auto& column : recipe_.columns) {
      parts.columns.push_back(column->generate(rows_, now_ms));
    }
    auto origin = std::make_shared<types::Origin>();
    origin->split = number_;
    origin->offsets = Buffer::copy_of(std::as_bytes(std::span(rows_)));
    parts.origin = std::move(origin);
    return types::Batch::make(std::move(parts));
  }

  const Recipe& recipe_;
  int64_t split_;
  uint32_t number_;
  int64_t made_;
  double rate_;  // of this split
  double step_;  // rows that are made at once, unless fewer are left
  Clock& clock_;
  int64_t last_ns_;
  double due_;
  std::vector<int64_t> rows_;
};

class DatagenSource final : public exec::Source {
 public:
  DatagenSource(Recipe recipe, sql::TableRef table)
      : recipe_(std::move(recipe)), table_(std::move(table)) {}

  [[nodiscard]] exec::SourceTraits traits() const override {
    exec::SourceTraits traits;
    traits.bounded = recipe_.rows.has_value();
    return traits;
  }

  Result<std::vector<exec::SplitInfo>> discover() override {
    std::vector<exec::SplitInfo> splits;
    for (int64_t split = 0; split < recipe_.splits; ++split) {
      exec::SplitInfo info;
      info.id = std::to_string(split);
      info.topic = table_->name.object;
      info.partition = static_cast<int32_t>(split);
      splits.push_back(std::move(info));
    }
    return splits;
  }

  Result<std::unique_ptr<exec::SplitReader>> open(const exec::SplitInfo& split,
                                                  const exec::ReaderStart& start,
                                                  exec::ReaderContext& context) override {
    int64_t made = 0;
    if (start.kind == exec::ReaderStart::Kind::kResume) {
      const auto parsed = types::parse_integer(start.position);
      if (!parsed.has_value() || *parsed < 0) {
        return corrupt(fmt::format("'{}' is not a position in datagen", start.position));
      }
      made = *parsed;
    }
    return std::unique_ptr<exec::SplitReader>(std::make_unique<DatagenReader>(
        recipe_, split.partition, split.number, made, context.context.clock));
  }

 private:
  Recipe recipe_;
  sql::TableRef table_;
};

Result<double> rows_per_second(const TableOptions& options) {
  const auto rate = WEIR_TRY(options.integer("rows-per-second"));
  if (*rate <= 0) return options.bad("rows-per-second", "must be above zero");
  return static_cast<double>(*rate);
}

// The rows that the table has, whatever columns are read.
Result<std::optional<int64_t>> row_count(const TableOptions& options, const types::Schema& schema) {
  std::optional<int64_t> rows = WEIR_TRY(options.integer("number-of-rows"));
  if (rows.has_value() && *rows < 0) return options.bad("number-of-rows", "is below zero");
  for (const auto& field : schema.fields()) {
    const auto length = WEIR_TRY(sequence_length(options, field.name));
    if (length.has_value()) rows = std::min(rows.value_or(*length), *length);
  }
  return rows;
}

Result<std::unique_ptr<exec::Source>> make_datagen(const SourceRequest& request) {
  const sql::TableRef& table = request.scan.table;
  const TableOptions options(*table, request.info);
  const types::Schema schema = table->physical_schema();
  WEIR_TRY(check_field_options(options, schema));
  Recipe recipe;
  recipe.rows = WEIR_TRY(row_count(options, schema));
  recipe.rows_per_second =
      WEIR_TRY(rows_per_second(options)) * request.environment.datagen_rate_factor;
  recipe.splits = WEIR_TRY(options.integer("scan.parallelism")).value_or(1);
  if (recipe.splits < 1 || recipe.splits > kMaxSplits) {
    return options.bad("scan.parallelism", fmt::format("is not within 1 and {}", kMaxSplits));
  }
  // Every column is made once, so that a mistake in an option is told whatever the query reads.
  const uint64_t seed = request.environment.datagen_seed;
  for (const auto& field : schema.fields()) {
    WEIR_TRY(make_generator(options, field.name, field.type, seed));
  }
  for (const auto& column : request.scan.columns) {
    recipe.columns.push_back(WEIR_TRY(make_generator(options, column.name, column.type, seed)));
  }
  return std::unique_ptr<exec::Source>(std::make_unique<DatagenSource>(std::move(recipe), table));
}

double rate_of_node(const plan::Node& node) {
  double sum = 0;
  for (const auto& input : node.inputs) sum += rate_of_node(*input);
  const auto* scan = std::get_if<plan::ScanNode>(&node.body);
  if (scan == nullptr || scan->table->connector() != "datagen") return sum;
  const auto rate = rows_per_second(TableOptions(*scan->table, datagen_connector().info));
  return rate.has_value() ? sum + *rate : sum;
}

}  // namespace

double datagen_rows_per_second(const plan::Plan& plan) {
  return std::accumulate(
      plan.sinks.begin(), plan.sinks.end(), 0.0,
      [](double sum, const plan::NodeRef& sink) { return sum + rate_of_node(*sink); });
}

const Connector& datagen_connector() {
  static const Connector connector = {
      .info = {.name = "datagen",
               .doc = "Makes up rows, random or in sequence.",
               .source = true,
               .options = {option("rows-per-second", sql::OptionType::kInteger,
                                  "How many rows are made a second.", "10000"),
                           option("number-of-rows", sql::OptionType::kInteger,
                                  "After how many rows the source ends; without it, never."),
                           option("scan.parallelism", sql::OptionType::kInteger,
                                  "In how many parts rows are made; 1 keeps them in order."),
                           option("fields.*", sql::OptionType::kString,
                                  "fields.<column>.kind (random or sequence), .min, .max, "
                                  ".max-past, .length, .var-len, .null-rate, .start, .end: the "
                                  "values of a column.")},
               .metadata = {}},
      .make_source = make_datagen,
  };
  return connector;
}

}  // namespace weir::connectors
