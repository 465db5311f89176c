// JobCore: the parts of a running job and the one step that coordinates them.
//
// Lanes and deliveries post events; control_step(), on one thread, handles them: it begins epochs,
// writes them when every lane has been cut, hands their outputs to the deliveries, looks for new
// splits, and decides when the job has ended. Threads are the Job's business, not known here.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/waker.h"
#include "checkpoint/coordinator.h"
#include "checkpoint/delivery.h"
#include "checkpoint/epoch_writer.h"
#include "checkpoint/job.h"
#include "checkpoint/restore.h"
#include "checkpoint/store.h"
#include "exec/lane_group.h"
#include "exec/split_assigner.h"

namespace weir::checkpoint {

class JobCore final : public exec::LaneListener, public DeliveryListener {
 public:
  JobCore(plan::Plan plan, exec::ConnectorFactory& factory, exec::JobSettings settings,
          JobOptions options, Context& context);

  // Everything up to the first step; nothing runs yet.
  Status open();

  // True: an event was handled or an epoch begun.
  bool control_step();
  // Wall time at which control_step() has something to do even without an event.
  [[nodiscard]] int64_t next_control_ms() const;

  void request_stop();
  void request_savepoint(std::string folder, std::function<void(Status)> done);
  [[nodiscard]] bool ended() const { return ended_.load(std::memory_order_acquire); }
  // After ended().
  [[nodiscard]] Status outcome() const;
  [[nodiscard]] JobStatus status() const;

  // Ends lanes and deliveries, whatever they are doing; any thread.
  void cancel();

  [[nodiscard]] const std::vector<std::unique_ptr<exec::Lane>>& lanes() const {
    return lanes_->lanes();
  }
  [[nodiscard]] std::vector<SinkDelivery*> deliveries() const;
  [[nodiscard]] Waker& waker() { return waker_; }
  [[nodiscard]] const exec::JobSettings& settings() const { return settings_; }

  // LaneListener and DeliveryListener: any thread.
  void on_cut(exec::LaneSnapshot snapshot) override;
  void on_ended(uint32_t lane) override;
  void on_failed(uint32_t lane, Error error) override;
  void on_delivered(const std::string& sink_id, const std::string& run_id, uint64_t epoch,
                    uint64_t bytes) override;
  void on_delivery_failed(const std::string& sink_id, Error error) override;

 private:
  struct LaneEnded {};
  struct Failed {
    Error error;
  };
  struct Delivered {
    std::string sink_id;
    std::string run_id;
    uint64_t epoch;
    uint64_t bytes;
  };
  struct StopRequested {};
  struct SavepointRequested {
    std::string folder;
    std::function<void(Status)> done;
  };
  using Event = std::variant<exec::LaneSnapshot, LaneEnded, Failed, Delivered, StopRequested,
                             SavepointRequested>;

  Status make_ends();
  Status open_store();
  Result<bool> restore_newest(std::optional<Manifest>& manifest, const std::string& new_run_id);
  Status make_deliveries();
  Status make_committer(std::string sink_id, std::unique_ptr<exec::SinkCommitter> committer);
  Status make_lanes();
  void note_dropped_state();
  void redeliver();

  void post(Event event);
  Status handle(Event event);
  Status handle_cut(exec::LaneSnapshot snapshot);
  Status write_epoch(uint64_t epoch);
  Status handle_delivered(const Delivered& delivered);
  Status discover_splits(int64_t now_ms);
  bool begin_epoch(int64_t now_ms);
  void update_pause();
  void write_savepoints();
  void end_if_done(int64_t now_ms);
  void fail(Error error);
  void end(JobState state);
  void publish_metrics() const;
  void note_delivery();
  void note_checkpoint(uint64_t epoch, int64_t now_ms);

  plan::Plan plan_;
  exec::ConnectorFactory& factory_;
  exec::JobSettings settings_;
  JobOptions options_;
  Context& context_;

  exec::Topology topology_;
  std::vector<std::unique_ptr<exec::Source>> sources_;
  std::vector<std::unique_ptr<exec::Sink>> sinks_;
  std::unique_ptr<exec::RejectSink> rejects_;
  exec::SplitTable splits_;
  std::unique_ptr<exec::SplitAssigner> assigner_;
  std::unique_ptr<exec::PieceIds> piece_ids_;
  std::string run_id_;
  std::vector<std::string> dropped_state_;
  std::unique_ptr<CheckpointStore> store_;      // null: no folder
  std::unique_ptr<CheckpointRestore> restore_;  // null: a fresh start
  std::unique_ptr<EpochWriter> writer_;
  DeliveredMarks marks_;
  std::unique_ptr<Coordinator> coordinator_;
  std::map<std::string, std::unique_ptr<SinkDelivery>> deliveries_;
  std::unique_ptr<exec::LaneGroup> lanes_;

  Waker waker_;
  std::mutex events_mutex_;
  std::vector<Event> events_;
  bool closed_ = false;  // the job has ended: nobody handles events any more

  // The control thread's.
  std::vector<exec::LaneSnapshot> snapshots_;  // of the epoch under way
  uint32_t lanes_ended_ = 0;
  std::vector<SavepointRequested> savepoints_;        // wait for the next epoch
  std::vector<SavepointRequested> savepoints_begun_;  // of the epoch under way
  bool stopping_ = false;
  bool paused_ = false;
  int64_t triggered_ms_ = 0;
  int64_t stop_deadline_ms_ = exec::kNever;
  std::vector<int64_t> discover_at_ms_;  // one a source; kNever: not again

  mutable std::mutex status_mutex_;  // guards the three below
  JobState state_ = JobState::kRunning;
  std::optional<Error> error_;
  CheckpointStatus checkpoint_;
  int64_t started_wall_ms_ = 0;
  int64_t started_ns_ = 0;
  std::atomic<bool> ended_{false};
};

}  // namespace weir::checkpoint
