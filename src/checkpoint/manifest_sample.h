// A manifest with something in every field, for tests and the fuzzer's corpus.
#pragma once

#include "checkpoint/manifest.h"

namespace weir::checkpoint {

inline Manifest sample_manifest() {
  Manifest manifest;
  manifest.run_id = "5f9ff1a4-7a51-4bd1-9d0f-3d9f1a2b3c4d";
  manifest.job_name = "orders per minute";
  manifest.epoch = 42;
  manifest.wall_ms = 1'700'000'000'000;
  manifest.lanes = 2;
  manifest.next_piece_id = 77;
  manifest.files = {{"epoch-00000000000000000041.state", 1000},
                    {"epoch-00000000000000000042.state", 500},
                    {"epoch-00000000000000000042.out", 300}};
  OperatorEntry op;
  op.id = "window#2/merge";
  op.pieces = {{0, 70, "base", {0, 64}, {0, 10, 990, 1}},
               {0, 75, "delta", {0, 64}, {1, 0, 250, 2}},
               {1, 76, "delta", {64, 128}, {1, 250, 250, 3}}};
  manifest.operators.push_back(op);
  SourceEntry source;
  source.id = "scan";
  source.lanes.resize(2);
  for (int32_t lane = 0; lane < 2; ++lane) {
    exec::SplitState split;
    split.split = {lane == 0 ? "orders/0" : "orders/1", "orders", lane, 0};
    split.position = lane == 0 ? "1234" : "99";
    split.finished = lane == 1;
    split.watermarks = {1'700'000'000'000, INT64_MIN};
    source.lanes[static_cast<size_t>(lane)].splits.push_back(split);
    source.lanes[static_cast<size_t>(lane)].emitted_watermarks = {1'699'999'999'000, INT64_MIN};
  }
  manifest.sources.push_back(source);
  OutputEntry output;
  output.run_id = manifest.run_id;
  output.epoch = 42;
  output.sink_id = "sink";
  output.parts = {{1, "handle", 12, {{"block", {2, 100, 200, 99}}}}};
  manifest.outputs.push_back(output);
  return manifest;
}

}  // namespace weir::checkpoint
