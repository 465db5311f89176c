// SinkDelivery: hands one sink's durable outputs to its committer, in order, until each has gone.
//
// A sink that is away (kUnavailable) is tried again with a growing pause and holds back its own
// outputs only. step() is called by the sink's delivery thread, or by a test; add() by any thread.
// The listener is called on the thread of step().
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/context.h"
#include "base/waker.h"
#include "checkpoint/epoch_writer.h"
#include "exec/sink.h"

namespace weir::checkpoint {

class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  virtual void on_delivered(const std::string& sink_id, const std::string& run_id, uint64_t epoch,
                            uint64_t bytes) = 0;
  virtual void on_delivery_failed(const std::string& sink_id, Error error) = 0;
};

class SinkDelivery {
 public:
  SinkDelivery(Context& context, std::string sink_id,
               std::unique_ptr<exec::SinkCommitter> committer, DeliveryListener& listener)
      : context_(context),
        sink_id_(std::move(sink_id)),
        committer_(std::move(committer)),
        listener_(listener) {}

  void add(ReadyOutput output);
  // Delivers at most one output; true: it went.
  bool step();
  // Until cancel().
  void run();
  void cancel();

  [[nodiscard]] const std::string& sink_id() const { return sink_id_; }
  [[nodiscard]] size_t waiting() const;
  // What the sink said when it was last away; empty: it takes what it is given.
  [[nodiscard]] std::string trouble() const;

 private:
  void on_unavailable(const Error& error);

  Context& context_;
  std::string sink_id_;
  std::unique_ptr<exec::SinkCommitter> committer_;
  DeliveryListener& listener_;
  Waker waker_;
  std::atomic<bool> cancelled_{false};
  bool failed_ = false;
  int64_t pause_ms_ = 0;
  int64_t try_at_ms_ = 0;  // monotonic

  mutable std::mutex mutex_;
  std::deque<ReadyOutput> queue_;
  std::string trouble_;
};

}  // namespace weir::checkpoint
