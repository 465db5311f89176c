// BenchChain: operators between a scan and a sink in one lane, for benchmarks: what a job runs,
// without sources, threads and checkpoints.
//
// One thread. The halves of an exchange call each other directly, as in a job with one lane. The
// sink adds up a hash over the values of the selected rows, so that no work can be skipped.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "exec/lane_rejects.h"
#include "exec/operators/pass.h"
#include "exec/operators/sink.h"
#include "exec/slot.h"
#include "types/value.h"

namespace weir::exec {

class BenchChain {
 public:
  enum class Check : uint8_t { kRows, kValues };

  explicit BenchChain(Check check) : check_(check) {
    shared_.rejects = &rejects_;
    shared_.piece_ids = &ids_;
    add(std::make_unique<PassOperator>());
  }

  void add(std::unique_ptr<Operator> op) {
    slots_.push_back(make(std::move(op)));
    if (slots_.size() > 1) slots_[slots_.size() - 2]->output().add_target(*slots_.back(), 0);
  }
  // The operator that was added last sends to this one through an exchange.
  void add_downstream(std::unique_ptr<Operator> op) {
    slots_.push_back(make(std::move(op)));
    slots_[slots_.size() - 2]->output().set_direct(*slots_.back());
  }
  // Ends the chain.
  void finish(benchmark::State& state) {
    add(std::make_unique<SinkOperator>("sink", std::make_unique<Writer>(*this),
                                       std::vector<SinkOperator::NotNullColumn>(),
                                       NotNullEnforcer::kError));
    for (const auto& slot : slots_) {
      if (!slot->open(nullptr)) state.SkipWithError("open");
    }
  }

  Status deliver(types::BatchRef batch) { return slots_[0]->deliver(0, std::move(batch)); }
  // Fires everything up to the watermark, whatever the credit.
  Status watermark(int64_t watermark_ms) {
    shared_.quantum = UINT32_MAX;
    return slots_[0]->deliver_watermark(0, watermark_ms);
  }

  [[nodiscard]] uint64_t rows() const { return rows_; }
  [[nodiscard]] uint64_t hash() const { return hash_; }
  [[nodiscard]] uint64_t rejected() const {
    uint64_t rows = 0;
    for (const auto& slot : slots_) {
      rows += slot->stats().bad_rows.value() + slot->stats().late_rows.value();
    }
    return rows;
  }

 private:
  class Writer final : public SinkWriter {
   public:
    explicit Writer(BenchChain& chain) : chain_(chain) {}
    Status write(types::BatchRef batch) override {
      chain_.rows_ += batch->selected();
      if (chain_.check_ == Check::kValues) {
        for (size_t column = 0; column < batch->width(); ++column) {
          chain_.hash_ += hash_of(batch->column(column), batch->selection());
        }
      }
      return ok();
    }

   private:
    // The same whatever the order of the rows; cheap beside what it watches: of a text the length
    // and the last byte.
    static uint64_t hash_of(const types::Column& column, const types::Selection& selection) {
      const size_t width = types::physical_width(column.type().physical());
      const bool text = column.type().physical() == types::Physical::kString;
      uint64_t sum = 0;
      selection.for_each([&](uint32_t row) {
        if (column.is_null(row)) return;
        const size_t at = column.is_constant() ? 0 : row;
        if (text) {
          const auto& view = column.value<types::StringRef>(row);
          sum += view.size();
          if (!view.empty()) sum += static_cast<unsigned char>(view.view().back()) * 31U;
        } else {
          uint64_t value = 0;
          std::memcpy(&value, column.parts().values->data() + at * width,
                      std::min(width, sizeof(value)));
          sum += value * 0x9E3779B97F4A7C15ULL;
        }
      });
      return sum;
    }

    BenchChain& chain_;
  };

  std::unique_ptr<Slot> make(std::unique_ptr<Operator> op) {
    const std::string name = std::to_string(slots_.size());
    OperatorContext context{context_, settings_, 0, 1, {}, name, name};
    return std::make_unique<Slot>(std::move(op), std::move(context), 1, shared_);
  }

  const Check check_;
  Metrics metrics_;
  Context context_{system_env(), system_clock(), silent_logger(), metrics_};
  JobSettings settings_;
  SplitTable splits_;
  LaneRejects rejects_{context_, settings_, splits_, nullptr, "rejects"};
  PieceIds ids_{1};
  LaneShared shared_;
  std::vector<std::unique_ptr<Slot>> slots_;
  uint64_t rows_ = 0;
  uint64_t hash_ = 0;
};

}  // namespace weir::exec
