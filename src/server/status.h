// RunStatus: what a running pipeline looks like at one moment, for the live view and for --json.
//
// A plain value made by Server::status(); counts only grow while the server runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::server {

struct TopicStatus {
  std::string name;
  uint64_t records = 0;  // ever appended
  uint64_t bytes = 0;
};

struct OperatorStatus {
  std::string job;
  std::string name;  // "scan raw_events", "sink processed_events"
  uint64_t rows_in = 0;
  uint64_t rows_out = 0;
  int64_t lag = -1;  // records that a source has yet to read; -1: not a source
  int64_t watermark_ms = INT64_MIN;
};

struct TableStatus {
  std::string name;
  uint64_t rows = 0;
};

struct RunStatus {
  std::string pipeline;
  int64_t elapsed_ms = 0;
  int64_t taken_ns = 0;  // monotonic
  std::vector<TopicStatus> topics;
  std::vector<OperatorStatus> operators;
  std::vector<TableStatus> tables;  // of the store; without those that only pass rows on
  std::string store;                // "ready", "starting", "restarting", "" without one
  int store_pid = 0;
  uint64_t dead_letters = 0;
  uint64_t late_rows = 0;
  uint64_t checkpoints = 0;
  int64_t last_checkpoint_ms = -1;
};

}  // namespace weir::server
