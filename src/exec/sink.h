// Sink: what a connector implements to be written.
//
// A lane writes through its own SinkWriter. At barrier n the writer closes its output of epoch n
// into a StagedOutput: a handle that only the sink understands, and the bytes or files behind it.
// They are durable before epoch n exists. Then the job's one SinkCommitter of the sink delivers the
// outputs of all lanes, epoch after epoch, and may be asked again for an epoch that it delivered
// already: a delivery is idempotent by (run id, epoch). A plain sink (print, blackhole) needs
// write() alone and has no committer.
// A writer belongs to one lane's thread, a committer to one delivery thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/context.h"
#include "base/result.h"
#include "base/waker.h"
#include "exec/job_settings.h"
#include "types/batch.h"

namespace weir::exec {

enum class DeliveryGuarantee : uint8_t { kNone, kAtLeastOnce, kExactlyOnce };

// Bytes that belong to a checkpoint: written, synced and checksummed by its background writer, kept
// until the epoch is delivered.
struct StagedBytes {
  std::string name;                // unique in its StagedOutput
  std::vector<BufferRef> content;  // in order; immutable
};

// What one lane staged for one sink in one epoch. Empty handle: nothing was written.
struct StagedOutput {
  std::string handle;  // opaque, small; part of the manifest
  std::vector<StagedBytes> files;
  // Files elsewhere that must be durable before the epoch exists (a data file beside its final
  // name), and folders whose names must be.
  std::vector<std::string> sync_files;
  std::vector<std::string> sync_dirs;
  uint64_t rows = 0;

  [[nodiscard]] bool empty() const { return handle.empty() && files.empty(); }
};

struct SinkContext {
  Context& context;
  const JobSettings& settings;
  std::string sink_id;  // stable over restarts of the same SQL
  std::string run_id;   // a UUID; part of every name that a delivery leaves behind
  uint32_t lane = 0;
  uint32_t lanes = 1;
  Waker& waker;  // wakes the lane, when has_room() turned true
};

class SinkWriter {
 public:
  virtual ~SinkWriter() = default;
  // Rows of the sink's columns (plan::SinkNode), possibly with a selection and row kinds.
  virtual Status write(types::BatchRef batch) = 0;
  // False: the lane stops reading until the waker or the next prepare() says otherwise. write()
  // must still accept what is under way.
  [[nodiscard]] virtual bool has_room() const { return true; }
  // Everything written since the last call is epoch `epoch`'s output. Quick: no waiting for peers.
  virtual Result<StagedOutput> prepare(uint64_t epoch) {
    (void)epoch;
    return StagedOutput{};
  }
  // No rows follow. Before the last prepare().
  virtual Status on_end() { return ok(); }
  // Called when nothing else is to do and at the end of every batch of work: a print sink flushes.
  virtual Status on_pause() { return ok(); }
};

// A staged output as it comes back from the checkpoint.
struct DeliveredPart {
  uint32_t lane = 0;
  std::string handle;
  uint64_t rows = 0;
  struct File {
    std::string name;
    std::string path;     // the file that holds the bytes, among others'
    uint64_t offset = 0;  // where they begin in it
    uint64_t size = 0;
  };
  std::vector<File> files;
};

struct Delivery {
  std::string run_id;  // of the run that staged it; older than the running one after a restore
  uint64_t epoch = 0;
  std::vector<DeliveredPart> parts;  // in order of lane; empty handles are left out
};

// The bytes of one file of a part, checked against nothing but its size (the manifest's reader has
// checked the sum).
Result<BufferRef> read_staged(Env& env, const DeliveredPart::File& file);

struct CommitterContext {
  Context& context;
  const JobSettings& settings;
  std::string sink_id;
  std::string run_id;
  uint32_t lanes = 1;
};

class SinkCommitter {
 public:
  virtual ~SinkCommitter() = default;
  // Once, before any delivery and before any writer exists: ends what an earlier run left open.
  // `first_epoch` is the next to be staged: what run `run_id` staged from it on was never part of a
  // checkpoint, while earlier epochs may still be delivered (again). `run_id` is that of the
  // restored checkpoint, empty at a fresh start.
  virtual Status recover(const std::string& run_id, uint64_t first_epoch) {
    (void)run_id;
    (void)first_epoch;
    return ok();
  }
  // Idempotent. kUnavailable: tried again with a growing pause; else the job ends with the error.
  virtual Status deliver(const Delivery& delivery) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  [[nodiscard]] virtual DeliveryGuarantee guarantee() const = 0;
  // On the lane's thread or before it starts.
  virtual Result<std::unique_ptr<SinkWriter>> make_writer(const SinkContext& context) = 0;
  // Null: the sink needs none.
  virtual Result<std::unique_ptr<SinkCommitter>> make_committer(const CommitterContext& context) {
    (void)context;
    return std::unique_ptr<SinkCommitter>();
  }
};

}  // namespace weir::exec
