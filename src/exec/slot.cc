#include "exec/slot.h"

#include <algorithm>

#include "base/check.h"
#include "exec/lane_rejects.h"

namespace weir::exec {
namespace {

class SlotSnapshotWriter final : public SnapshotWriter {
 public:
  SlotSnapshotWriter(LaneShared& shared, const PieceRanges& known, OperatorSnapshot& snapshot)
      : shared_(shared), known_(known), snapshot_(snapshot) {}

  [[nodiscard]] uint64_t epoch() const override { return shared_.snapshot.epoch; }
  void keep(PieceId piece) override {
    const auto [first, last] = known_.equal_range(piece);
    WEIR_CHECK(first != last, "a piece is kept that was not part of the last snapshot");
    for (auto known = first; known != last; ++known) {
      snapshot_.kept.push_back({piece, known->second.name, known->second.range});
    }
  }
  PieceId add(std::string_view name, KeyGroupRange range, PieceEncoder encode) override {
    const PieceId id = shared_.piece_ids->take();
    snapshot_.added.push_back({id, std::string(name), range, std::move(encode)});
    return id;
  }
  void add_output(std::string_view sink_id, StagedOutput output) override {
    shared_.snapshot.outputs.push_back({std::string(sink_id), std::move(output)});
  }

 private:
  LaneShared& shared_;
  const PieceRanges& known_;
  OperatorSnapshot& snapshot_;
};

}  // namespace

// --- SlotOutput ---

Status SlotOutput::emit(types::BatchRef batch) {
  WEIR_CHECK(rings_.empty() && direct_ == nullptr, "emit() from an exchange; use send_to()");
  OperatorStats& stats = slot_.mutable_stats();
  stats.rows_out.add(batch->selected());
  stats.batches_out.add(1);
  if (shared_.quantum > 0) --shared_.quantum;
  for (const Target& target : targets_) WEIR_TRY(target.slot->deliver(target.input, batch));
  return ok();
}

Status SlotOutput::send(uint32_t lane, Message message) {
  if (shared_.quantum > 0) --shared_.quantum;
  slot_.mutable_stats().batches_out.add(1);
  if (direct_ != nullptr) {
    WEIR_CHECK(lane == 0, "a job with one lane has no other");
    return direct_->deliver(0, std::move(message));
  }
  WEIR_CHECK(lane < rings_.size(), "send_to() a lane that is not there");
  rings_[lane]->push(std::move(message));
  return ok();
}

Status SlotOutput::send_to(uint32_t lane, types::BatchRef batch) {
  slot_.mutable_stats().rows_out.add(batch->selected());
  return send(lane, Message::of(std::move(batch)));
}

Status SlotOutput::send_to(uint32_t lane, PartialRef partial) {
  return send(lane, Message::of(std::move(partial)));
}

Status SlotOutput::emit_watermark(int64_t watermark_ms) {
  last_watermark_ms_ = watermark_ms;
  idle_ = false;
  slot_.mutable_stats().watermark_ms.store(watermark_ms, std::memory_order_relaxed);
  for (const Target& target : targets_) {
    WEIR_TRY(target.slot->deliver_watermark(target.input, watermark_ms));
  }
  for (Ring* ring : rings_) ring->push(Message::watermark(watermark_ms));
  if (direct_ != nullptr) WEIR_TRY(direct_->deliver_watermark(0, watermark_ms));
  return ok();
}

Status SlotOutput::emit_idle() {
  idle_ = true;
  for (const Target& target : targets_) WEIR_TRY(target.slot->deliver_idle(target.input));
  for (Ring* ring : rings_) ring->push(Message::idle());
  if (direct_ != nullptr) WEIR_TRY(direct_->deliver_idle(0));
  return ok();
}

Status SlotOutput::reactivate() {
  if (!idle_) return ok();
  return emit_watermark(last_watermark_ms_);
}

Status SlotOutput::forward_barrier(uint64_t epoch) {
  for (const Target& target : targets_) WEIR_TRY(target.slot->deliver_barrier(target.input, epoch));
  for (Ring* ring : rings_) ring->push(Message::barrier(epoch));
  if (direct_ != nullptr) WEIR_TRY(direct_->deliver_barrier(0, epoch));
  return ok();
}

Status SlotOutput::forward_end() {
  for (const Target& target : targets_) WEIR_TRY(target.slot->deliver_end(target.input));
  for (Ring* ring : rings_) ring->push(Message::end());
  if (direct_ != nullptr) WEIR_TRY(direct_->deliver_end(0));
  return ok();
}

bool SlotOutput::has_credit() const { return shared_.quantum > 0 && slot_.downstream_has_room(); }

Status SlotOutput::reject(RejectKind kind, const types::Batch& batch,
                          std::span<const RejectedRow> rows) {
  OperatorStats& stats = slot_.mutable_stats();
  (kind == RejectKind::kBad ? stats.bad_rows : stats.late_rows).add(rows.size());
  return shared_.rejects->add(kind, batch, rows, slot_.context().name, slot_.after_cut());
}

// --- Slot ---

Slot::Slot(std::unique_ptr<Operator> op, OperatorContext context, size_t inputs, LaneShared& shared)
    : op_(std::move(op)),
      context_(std::move(context)),
      shared_(shared),
      output_(*this, shared),
      watermarks_(inputs),
      alignment_(inputs),
      feeders_(inputs) {
  context_.stats = &stats_;
}

Status Slot::open(const JobRestore* restore) {
  WEIR_TRY(op_->open(context_));
  if (restore == nullptr) return ok();
  const auto reader = restore->operator_state(context_.id, context_.key_groups);
  if (!reader) return ok();
  for (const auto& piece : reader->pieces())
    pieces_.emplace(piece.id, NamedRange{piece.name, piece.range});
  return op_->restore(*reader);
}

void Slot::set_limits(std::vector<Ring*> rings, std::vector<const Slot*> slots) {
  limit_rings_ = std::move(rings);
  limit_slots_ = std::move(slots);
}

bool Slot::queues_have_room() const {
  return std::ranges::all_of(limit_rings_, [](Ring* ring) { return ring->has_room(); });
}

bool Slot::sinks_have_room() const {
  return std::ranges::all_of(limit_slots_, [](const Slot* slot) { return slot->op_->has_room(); });
}

types::BatchRef Slot::clamp_row_watermarks(uint32_t input, types::BatchRef batch) const {
  // The watermark before a row is that of all inputs, of which only this one moves meanwhile.
  const int64_t others_ms = watermarks_.minimum_without(input);
  if (others_ms == kMaxWatermark) return batch;
  auto clamped = Buffer::allocate(batch->rows() * sizeof(int64_t));
  auto* out = clamped->mutable_as<int64_t>();
  const int64_t* in = batch->row_watermarks();
  for (uint32_t row = 0; row < batch->rows(); ++row) out[row] = std::min(in[row], others_ms);
  types::Batch::Parts parts = batch->parts();
  parts.row_watermarks = std::move(clamped);
  return types::Batch::make(std::move(parts));
}

Status Slot::deliver(uint32_t input, types::BatchRef batch) {
  stats_.rows_in.add(batch->selected());
  stats_.batches_in.add(1);
  if (batch->row_watermarks() != nullptr && watermarks_.size() > 1) {
    batch = clamp_row_watermarks(input, std::move(batch));
  }
  return op_->process(input, std::move(batch), output_);
}

Status Slot::deliver(uint32_t input, PartialRef partial) {
  stats_.batches_in.add(1);
  return op_->process_partial(input, std::move(partial), output_);
}

Status Slot::deliver(uint32_t input, Message message) {
  switch (message.kind) {
    case Message::Kind::kBatch: return deliver(input, std::move(message.batch));
    case Message::Kind::kPartial: return deliver(input, std::move(message.partial));
    case Message::Kind::kWatermark: return deliver_watermark(input, message.value);
    case Message::Kind::kIdle: return deliver_idle(input);
    case Message::Kind::kBarrier:
      return deliver_barrier(input, static_cast<uint64_t>(message.value));
    case Message::Kind::kEnd: return deliver_end(input);
  }
  return ok();
}

Status Slot::advance(int64_t watermark_ms) {
  stats_.watermark_ms.store(watermark_ms, std::memory_order_relaxed);
  return op_->on_watermark(watermark_ms, output_);
}

Status Slot::deliver_watermark(uint32_t input, int64_t watermark_ms) {
  const auto advanced = watermarks_.on_watermark(input, watermark_ms);
  idle_pending_ = false;
  if (advanced) WEIR_TRY(advance(*advanced));
  return output_.reactivate();
}

Status Slot::deliver_idle(uint32_t input) {
  const auto advanced = watermarks_.on_idle(input);
  if (advanced) WEIR_TRY(advance(*advanced));
  if (!watermarks_.all_idle()) return ok();
  idle_pending_ = true;
  return settle();
}

Status Slot::settle() {
  if (op_->has_more()) return ok();
  if (idle_pending_) {
    idle_pending_ = false;
    WEIR_TRY(op_->on_idle(output_));
  }
  if (!ended_ && inputs_ended_ == watermarks_.size()) {
    ended_ = true;
    ++shared_.slots_ended;
    WEIR_TRY(op_->on_end(output_));
    WEIR_TRY(output_.forward_end());
  }
  return ok();
}

Status Slot::deliver_end(uint32_t input) {
  (void)input;
  ++inputs_ended_;
  return settle();
}

Status Slot::resume() {
  WEIR_TRY(op_->resume(output_));
  return settle();
}

Status Slot::on_timer(int64_t now_ms) {
  if (op_->next_timer_ms() > now_ms) return ok();
  WEIR_TRY(op_->on_timer(now_ms, output_));
  return settle();
}

Status Slot::deliver_barrier(uint32_t input, uint64_t epoch) {
  if (!alignment_.on_barrier(input, epoch)) {
    for (Slot* feeder : feeders_[input]) ++feeder->blocks_;
    return ok();
  }
  for (size_t other = 0; other < feeders_.size(); ++other) {
    if (other == input) continue;
    for (Slot* feeder : feeders_[other]) --feeder->blocks_;
  }
  return cut(epoch);
}

Status Slot::cut(uint64_t epoch) {
  shared_.snapshot.epoch = epoch;
  cut_epoch_ = epoch;
  OperatorSnapshot snapshot;
  snapshot.operator_id = context_.id;
  SlotSnapshotWriter writer(shared_, pieces_, snapshot);
  WEIR_TRY(op_->snapshot(writer));
  pieces_.clear();
  for (const KeptPiece& piece : snapshot.kept)
    pieces_.emplace(piece.id, NamedRange{piece.name, piece.range});
  for (const PieceToWrite& piece : snapshot.added)
    pieces_.emplace(piece.id, NamedRange{piece.name, piece.range});
  if (!snapshot.kept.empty() || !snapshot.added.empty()) {
    shared_.snapshot.operators.push_back(std::move(snapshot));
  }
  ++shared_.slots_cut;
  return output_.forward_barrier(epoch);
}

}  // namespace weir::exec
