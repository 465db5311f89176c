// Coordinator: when a checkpoint begins and what stage it is in. Pure: no I/O, no clock, no thread.
//
// One epoch is under way at a time: triggered -> cut by every lane -> durable. Delivery comes
// behind and may lag by many epochs; when too much waits, no new epoch begins and the sources
// pause. A final epoch (all sources ended, or a stop) begins as soon as none is under way; nothing
// follows it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace weir::checkpoint {

class Coordinator {
 public:
  struct Limits {
    int64_t interval_ms = 1000;  // 0: only the final epoch
    uint32_t undelivered_epochs_max = 100;
    uint64_t undelivered_bytes_max = 1ULL << 30U;
  };

  Coordinator(uint32_t lanes, uint64_t first_epoch, Limits limits, int64_t now_ms);

  struct Trigger {
    uint64_t epoch = 0;
    bool final = false;
  };
  // The epoch to begin now, if any.
  [[nodiscard]] std::optional<Trigger> next(int64_t now_ms);
  // When next() should be asked again at the latest; INT64_MAX: after an event.
  [[nodiscard]] int64_t next_ms() const;

  // Outputs of the restored checkpoint that are still to be delivered.
  void add_undelivered(uint32_t outputs, uint64_t output_bytes);
  // An epoch as soon as none is under way, whatever the interval and what waits for delivery.
  void request_now() { now_wanted_ = true; }
  // No further epoch but one that ends the run.
  void request_final() { final_wanted_ = true; }

  // True: it was the last lane; the epoch can be written.
  [[nodiscard]] bool on_cut(uint64_t epoch);
  void on_durable(uint64_t epoch, uint32_t outputs, uint64_t output_bytes);
  void on_delivered(uint64_t output_bytes);

  [[nodiscard]] bool sources_should_pause() const;
  // The final epoch is durable.
  [[nodiscard]] bool final_durable() const { return final_durable_; }
  [[nodiscard]] uint32_t undelivered() const { return undelivered_; }
  [[nodiscard]] uint64_t undelivered_bytes() const { return undelivered_bytes_; }
  [[nodiscard]] uint64_t last_durable() const { return last_durable_; }
  [[nodiscard]] bool under_way() const { return under_way_.has_value(); }

 private:
  uint32_t lanes_;
  Limits limits_;
  uint64_t next_epoch_;
  int64_t next_ms_;
  std::optional<Trigger> under_way_;
  uint32_t cut_ = 0;
  bool now_wanted_ = false;
  bool final_wanted_ = false;
  bool final_begun_ = false;
  bool final_durable_ = false;
  uint32_t undelivered_ = 0;
  uint64_t undelivered_bytes_ = 0;
  uint64_t last_durable_ = 0;
};

}  // namespace weir::checkpoint
