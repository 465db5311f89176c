// How a job comes up: sources, sinks, the folder, committers, lanes.
#include <fmt/format.h>

#include <algorithm>

#include "base/overloaded.h"
#include "base/random.h"
#include "checkpoint/job_core.h"
#include "checkpoint/savepoint.h"
#include "exec/values_source.h"

namespace weir::checkpoint {

JobCore::JobCore(plan::Plan plan, exec::ConnectorFactory& factory, exec::JobSettings settings,
                 JobOptions options, Context& context)
    : plan_(std::move(plan)),
      factory_(factory),
      settings_(std::move(settings)),
      options_(std::move(options)),
      context_(context) {}

Status JobCore::open() {
  topology_ = WEIR_TRY(exec::make_topology(plan_));
  WEIR_TRY(make_ends());
  WEIR_TRY(open_store());
  WEIR_TRY(make_deliveries());
  note_dropped_state();
  WEIR_TRY(make_lanes());
  redeliver();
  started_wall_ms_ = context_.clock.wall_ms();
  started_ns_ = context_.clock.monotonic_ns();
  context_.log.info("job", "started",
                    {{"job", settings_.job_name},
                     {"lanes", settings_.parallelism},
                     {"run", run_id_},
                     {"restored_epoch", coordinator_->last_durable()}});
  return ok();
}

Status JobCore::make_ends() {
  for (const uint32_t host : topology_.sources) {
    const plan::Node& node = *topology_.hosts[host].node;
    if (const auto* scan = std::get_if<plan::ScanNode>(&node.body)) {
      sources_.push_back(WEIR_TRY(factory_.make_source(*scan, settings_, context_)));
    } else {
      sources_.push_back(
          std::make_unique<exec::ValuesSource>(std::get<plan::ValuesNode>(node.body), node.schema));
    }
    const auto traits = sources_.back()->traits();
    discover_at_ms_.push_back(traits.discovery_interval_ms > 0
                                  ? context_.clock.wall_ms() + traits.discovery_interval_ms
                                  : exec::kNever);
  }
  for (const uint32_t host : topology_.sinks) {
    const plan::Node& node = *topology_.hosts[host].node;
    if (const auto* sink = std::get_if<plan::SinkNode>(&node.body)) {
      sinks_.push_back(WEIR_TRY(factory_.make_sink(*sink, settings_, context_)));
    } else {
      sinks_.push_back(WEIR_TRY(factory_.make_collect(node.schema)));
    }
  }
  rejects_ = WEIR_TRY(factory_.make_reject_sink(settings_, context_));
  return ok();
}

// True: plain recovery of the newest checkpoint, which keeps its run id.
Result<bool> JobCore::restore_newest(std::optional<Manifest>& manifest,
                                     const std::string& new_run_id) {
  if (!options_.savepoint.empty()) {
    WEIR_TRY(import_savepoint(options_.savepoint, *store_, new_run_id));
  }
  auto newest = WEIR_TRY(store_->newest(options_.accept_duplicates));
  manifest = std::move(newest.manifest);
  if (!newest.damaged.empty()) {
    // The new run id is durable before anything is delivered under it, and before the damaged
    // epochs are out of sight: a crash must not go on under the old one, whose epochs these were.
    manifest->run_id = new_run_id;
    WEIR_TRY(store_->write_manifest(*manifest));
    WEIR_TRY(store_->set_aside(newest.damaged));
  }
  return manifest.has_value();
}

Status JobCore::open_store() {
  const uint64_t seed = options_.random_seed != 0 ? options_.random_seed : secure_random_seed();
  run_id_ = Random(seed).uuid();
  std::optional<Manifest> manifest;
  if (!options_.folder.empty()) {
    store_ = WEIR_TRY(CheckpointStore::open(context_.env, options_.folder));
    if (WEIR_TRY(restore_newest(manifest, run_id_))) run_id_ = manifest->run_id;
    marks_ = store_->read_delivered();
    writer_ = std::make_unique<EpochWriter>(*store_, manifest);
  } else if (!options_.savepoint.empty()) {
    return invalid("a job that begins from a savepoint needs a folder for checkpoints");
  }
  const uint64_t restored_epoch = manifest ? manifest->epoch : 0;
  checkpoint_.restored_epoch = checkpoint_.last_epoch = restored_epoch;
  if (manifest) checkpoint_.last_wall_ms = manifest->wall_ms;
  piece_ids_ = std::make_unique<exec::PieceIds>(manifest ? manifest->next_piece_id : 1);
  coordinator_ = std::make_unique<Coordinator>(
      settings_.parallelism, restored_epoch + 1,
      Coordinator::Limits{store_ ? settings_.checkpoint_interval_ms : 0,
                          settings_.undelivered_epochs_max, settings_.undelivered_bytes_max},
      context_.clock.wall_ms());
  if (manifest) restore_ = std::make_unique<CheckpointRestore>(*store_, std::move(*manifest));
  return ok();
}

Status JobCore::make_committer(std::string sink_id,
                               std::unique_ptr<exec::SinkCommitter> committer) {
  if (!committer) return ok();
  if (!store_) {
    return invalid("this sink needs a folder for checkpoints: " + sink_id)
        .hint("run the job with --data DIR");
  }
  const std::string restored_run = restore_ ? restore_->manifest().run_id : std::string();
  WEIR_TRY(committer->recover(restored_run, coordinator_->last_durable() + 1));
  auto delivery = std::make_unique<SinkDelivery>(context_, sink_id, std::move(committer), *this);
  deliveries_.emplace(std::move(sink_id), std::move(delivery));
  return ok();
}

Status JobCore::make_deliveries() {
  const auto context_of = [this](const std::string& sink_id) {
    return exec::CommitterContext{context_, settings_, sink_id, run_id_, settings_.parallelism};
  };
  for (size_t sink = 0; sink < sinks_.size(); ++sink) {
    const std::string& id = topology_.hosts[topology_.sinks[sink]].id;
    WEIR_TRY(make_committer(id, WEIR_TRY(sinks_[sink]->make_committer(context_of(id)))));
  }
  if (!rejects_) return ok();
  const std::string id(exec::kRejectsId);
  return make_committer(id, WEIR_TRY(rejects_->make_committer(context_of(id))));
}

Status JobCore::make_lanes() {
  exec::LaneGroupParts parts{.context = context_,
                             .settings = settings_,
                             .topology = topology_,
                             .sources = {},
                             .sinks = {},
                             .rejects = rejects_.get(),
                             .run_id = run_id_,
                             .splits = splits_,
                             .piece_ids = *piece_ids_,
                             .listener = *this};
  std::vector<exec::SplitAssigner::SourceEntry> entries;
  for (size_t source = 0; source < sources_.size(); ++source) {
    parts.sources.push_back(sources_[source].get());
    entries.push_back({sources_[source].get(), topology_.hosts[topology_.sources[source]].id});
  }
  for (const auto& sink : sinks_) parts.sinks.push_back(sink.get());
  lanes_ = WEIR_TRY(exec::LaneGroup::make(parts));
  assigner_ =
      std::make_unique<exec::SplitAssigner>(std::move(entries), settings_.parallelism, splits_);
  const auto restored = restore_ ? restore_->sources() : std::vector<exec::RestoredSource>();
  for (const auto& lane : lanes()) {
    WEIR_TRY(lane->open(restore_.get()));
    for (size_t source = 0; source < sources_.size(); ++source) {
      lane->sources()[source]->restore_emitted(exec::SplitAssigner::restored_watermarks(
          restored, topology_.hosts[topology_.sources[source]].id, lane->number(),
          settings_.parallelism));
    }
  }
  for (auto& assignment : WEIR_TRY(assigner_->initial(restored))) {
    exec::SourceRunner& runner = *lanes()[assignment.lane]->sources()[assignment.split.source];
    WEIR_TRY(runner.add_split(std::move(assignment.split)));
  }
  return ok();
}

void JobCore::note_dropped_state() {
  if (!restore_) return;
  const auto is_there = [this](const std::string& id) {
    return std::ranges::find(topology_.hosts, id, &exec::Host::id) != topology_.hosts.end();
  };
  for (const OperatorEntry& entry : restore_->manifest().operators) {
    if (!is_there(entry.id)) dropped_state_.push_back(entry.id);
  }
  for (const SourceEntry& entry : restore_->manifest().sources) {
    if (!is_there(entry.id)) dropped_state_.push_back(entry.id);
  }
  for (const std::string& id : dropped_state_) {
    context_.log.warning("job", "the SQL has changed: state is dropped", {{"operator", id}});
  }
}

void JobCore::redeliver() {
  if (!writer_) return;
  for (ReadyOutput& output : writer_->undelivered(marks_)) {
    const auto delivery = deliveries_.find(output.sink_id);
    if (delivery == deliveries_.end()) {
      // The sink was taken out of the SQL; its last output stays in the checkpoint, unreachable.
      context_.log.warning("job", "output of a sink that is not part of the job any more is lost",
                           {{"sink", output.sink_id}, {"epoch", output.delivery.epoch}});
      writer_->on_delivered(output.sink_id, output.delivery.run_id, output.delivery.epoch);
      continue;
    }
    coordinator_->add_undelivered(1, output.bytes);
    delivery->second->add(std::move(output));
  }
}

}  // namespace weir::checkpoint
