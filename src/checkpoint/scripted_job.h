// A small deterministic job for tests: a bounded source of several splits, a windowed count per
// key, and an exactly-once sink that lives on while the job crashes.
//
// Rows of a split come in order of event time, so no row is late at any parallelism, and what the
// sink holds in the end is a pure function of the script.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "exec/connector_factory.h"
#include "exec/window_count_for_test.h"
#include "plan/nodes.h"
#include "types/builder.h"
#include "types/value.h"

namespace weir::checkpoint {

struct Script {
  uint32_t splits = 5;
  uint32_t rows = 400;  // a split
  uint32_t keys = 7;
  bool bounded = true;
};

// --- source ---

class ScriptedReader final : public exec::SplitReader {
 public:
  ScriptedReader(const Script& script, const exec::SplitInfo& split, uint32_t next)
      : script_(script), split_(split), next_(next), random_(split.number * 1000 + next + 1) {}

  Result<exec::Poll> poll(uint32_t max_rows) override {
    exec::Poll poll;
    const auto at_most = static_cast<uint32_t>(random_.below(max_rows + 1));
    const uint32_t count = std::min(at_most, script_.rows - next_);
    if (count > 0) poll.batch = rows(count);
    next_ += count;
    poll.at_end = next_ == script_.rows;
    poll.finished = poll.at_end && script_.bounded;
    if (!poll.at_end && count == 0) poll.retry_after_ms = 1;
    return poll;
  }
  [[nodiscard]] std::string position() const override { return std::to_string(next_); }
  [[nodiscard]] int64_t lag() const override { return script_.rows - next_; }

 private:
  // (k, ts): keys that other splits have as well, event time that rises by up to 20 ms a row.
  types::BatchRef rows(uint32_t count) {
    types::Values<int64_t> keys(count);
    types::Values<int64_t> times(count);
    types::Values<int64_t> offsets(count);
    const auto seed = static_cast<uint32_t>(std::hash<std::string>()(split_.id) & 0xFFU);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t row = next_ + i;
      keys[i] = (row * 31 + seed) % script_.keys;
      times[i] = row * 17 + seed % 13;
      offsets[i] = row;
    }
    types::Batch::Parts parts;
    parts.rows = count;
    parts.columns = {
        types::finish_column(types::LogicalType::bigint(), count, std::move(keys).take()),
        types::finish_column(types::LogicalType::timestamp(3), count, std::move(times).take())};
    auto origin = std::make_shared<types::Origin>();
    origin->split = split_.number;
    origin->offsets = std::move(offsets).take();
    parts.origin = std::move(origin);
    return types::Batch::make(std::move(parts));
  }

  const Script& script_;
  exec::SplitInfo split_;
  uint32_t next_;
  Random random_;
};

class ScriptedSource final : public exec::Source {
 public:
  explicit ScriptedSource(const Script& script) : script_(script) {}
  [[nodiscard]] exec::SourceTraits traits() const override {
    exec::SourceTraits traits;
    traits.bounded = script_.bounded;
    traits.watermark.emit = exec::WatermarkTraits::Emit::kOnEvent;
    traits.watermark.per_split = true;
    return traits;
  }
  Result<std::vector<exec::SplitInfo>> discover() override {
    std::vector<exec::SplitInfo> out;
    for (uint32_t split = 0; split < script_.splits; ++split) {
      out.push_back({fmt::format("topic/{}", split), "topic", static_cast<int32_t>(split), 0});
    }
    return out;
  }
  Result<std::unique_ptr<exec::SplitReader>> open(const exec::SplitInfo& split,
                                                  const exec::ReaderStart& start,
                                                  exec::ReaderContext& context) override {
    (void)context;
    uint32_t next = 0;
    if (start.kind == exec::ReaderStart::Kind::kResume) {
      std::from_chars(start.position.data(), start.position.data() + start.position.size(), next);
    }
    return std::unique_ptr<exec::SplitReader>(
        std::make_unique<ScriptedReader>(script_, split, next));
  }

 private:
  const Script& script_;
};

// --- sink ---

// What has been delivered; outlives jobs and crashes. A delivery that comes again changes nothing.
class Table {
 public:
  void deliver(const std::string& key, const std::vector<std::string>& lines) {
    const std::lock_guard lock(mutex_);
    if (!deliveries_.emplace(key, lines).second) ++repeated_;
  }
  // Every line with how often it is there.
  [[nodiscard]] std::map<std::string, int> lines() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, int> out;
    for (const auto& [key, lines] : deliveries_) {
      for (const auto& line : lines) ++out[line];
    }
    return out;
  }
  [[nodiscard]] int repeated() const {
    const std::lock_guard lock(mutex_);
    return repeated_;
  }
  // The next `calls` deliveries say that the table is away.
  void refuse(int calls) {
    const std::lock_guard lock(mutex_);
    refuse_ = calls;
  }
  [[nodiscard]] bool refuses() {
    const std::lock_guard lock(mutex_);
    return refuse_ > 0 && refuse_-- > 0;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> deliveries_;
  int repeated_ = 0;
  int refuse_ = 0;
};

class TableWriter final : public exec::SinkWriter {
 public:
  Status write(types::BatchRef batch) override {
    batch->selection().for_each([&](uint32_t row) {
      for (size_t column = 0; column < batch->width(); ++column) {
        text_ += std::to_string(std::get<int64_t>(types::value_at(batch->column(column), row)));
        text_ += column + 1 < batch->width() ? ',' : '\n';
      }
      ++rows_;
    });
    return ok();
  }
  Result<exec::StagedOutput> prepare(uint64_t epoch) override {
    (void)epoch;
    exec::StagedOutput out;
    if (rows_ == 0) return out;
    out.handle = fmt::format("{} rows", rows_);
    out.rows = rows_;
    const size_t half = text_.size() / 2;
    const auto bytes = std::as_bytes(std::span(text_));
    out.files.push_back(
        {"rows", {Buffer::copy_of(bytes.first(half)), Buffer::copy_of(bytes.subspan(half))}});
    text_.clear();
    rows_ = 0;
    return out;
  }

 private:
  std::string text_;
  uint64_t rows_ = 0;
};

class TableCommitter final : public exec::SinkCommitter {
 public:
  TableCommitter(Env& env, Table& table) : env_(env), table_(table) {}
  Status deliver(const exec::Delivery& delivery) override {
    if (table_.refuses()) return unavailable("the table is away");
    for (const auto& part : delivery.parts) {
      const BufferRef bytes = WEIR_TRY(exec::read_staged(env_, part.files.at(0)));
      std::vector<std::string> lines;
      std::string_view text = bytes->text();
      while (!text.empty()) {
        const size_t end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
      }
      if (lines.size() != part.rows) return corrupt("rows are missing from the staged output");
      table_.deliver(fmt::format("{}/{}/{}", delivery.run_id, delivery.epoch, part.lane), lines);
    }
    return ok();
  }

 private:
  Env& env_;
  Table& table_;
};

class TableSink final : public exec::Sink {
 public:
  TableSink(Env& env, Table& table) : env_(env), table_(table) {}
  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override {
    return exec::DeliveryGuarantee::kExactlyOnce;
  }
  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext& context) override {
    (void)context;
    return std::unique_ptr<exec::SinkWriter>(std::make_unique<TableWriter>());
  }
  Result<std::unique_ptr<exec::SinkCommitter>> make_committer(
      const exec::CommitterContext& context) override {
    (void)context;
    return std::unique_ptr<exec::SinkCommitter>(std::make_unique<TableCommitter>(env_, table_));
  }

 private:
  Env& env_;
  Table& table_;
};

// Tables by the name of the sink.
class ScriptedFactory final : public exec::ConnectorFactory {
 public:
  ScriptedFactory(Env& env, const Script& script) : env_(env), script_(script) {}
  Result<std::unique_ptr<exec::Source>> make_source(const plan::ScanNode& scan,
                                                    const exec::JobSettings& settings,
                                                    Context& context) override {
    (void)scan;
    (void)settings;
    (void)context;
    return std::unique_ptr<exec::Source>(std::make_unique<ScriptedSource>(script_));
  }
  Result<std::unique_ptr<exec::Sink>> make_sink(const plan::SinkNode& sink,
                                                const exec::JobSettings& settings,
                                                Context& context) override {
    (void)settings;
    (void)context;
    return std::unique_ptr<exec::Sink>(
        std::make_unique<TableSink>(env_, tables[sink.table->name.object]));
  }
  Result<std::unique_ptr<exec::Sink>> make_collect(const types::Schema& schema) override {
    (void)schema;
    return unsupported("nobody asked");
  }

  std::map<std::string, Table> tables;

 private:
  Env& env_;
  const Script& script_;
};

// --- plan ---

// INSERT INTO raw SELECT * FROM s; INSERT INTO windows SELECT ..., COUNT(*) FROM TUMBLE(s) ...;
// INSERT INTO both SELECT k, ts FROM s UNION ALL SELECT k, window_end ... — an input of the union
// comes over the exchange, the other does not.
inline plan::Plan scripted_plan(int64_t window_ms = 1000) {
  using exec::make_node;
  using exec::make_table;
  const auto rowtime = types::LogicalType::timestamp(3);
  const types::Schema rows = exec::key_and_time();
  const auto scan = make_node(plan::ScanNode{make_table("s", rows), {}}, {}, rows, "scan");
  const auto marked =
      make_node(plan::WatermarkNode{1, sql::make_input(1, rowtime)}, {scan}, rows, "watermark");
  const auto counted =
      exec::count_per_window(marked, window_ms, fmt::format("window {}", window_ms));
  const auto sums = make_node(plan::ProjectNode{{sql::make_input(1, types::LogicalType::bigint()),
                                                 sql::make_input(3, rowtime)}},
                              {counted}, rows, "project");
  const auto both = make_node(plan::UnionNode(), {marked, sums}, rows, "union");
  plan::Plan plan;
  plan.name = "scripted";
  plan.sinks = {make_node(plan::SinkNode{make_table("raw", rows)}, {marked}, rows, "sink raw"),
                make_node(plan::SinkNode{make_table("windows", counted->schema)}, {counted},
                          counted->schema, "sink windows"),
                make_node(plan::SinkNode{make_table("both", rows)}, {both}, rows, "sink both")};
  return plan;
}

}  // namespace weir::checkpoint
