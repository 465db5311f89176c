// Metrics: counts and gauges, with Prometheus' names and labels.
//
// A registry hands out counters and gauges that live as long as it does; the same name and labels
// give the same object. Counting is one relaxed atomic add, done per batch, never per row. Looking
// one up takes a lock: do it once, at start. snapshot() may be called from any thread at any time.
// Names are snake_case with a unit last (weir_broker_bytes_in_total); counters end in _total.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

class Counter {
 public:
  void add(uint64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Sorted by label name by whoever makes them; values are free text.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricSample {
  std::string name;
  MetricLabels labels;
  bool is_counter = false;
  int64_t value = 0;
};

class Metrics {
 public:
  [[nodiscard]] Counter& counter(std::string_view name, MetricLabels labels = {});
  [[nodiscard]] Gauge& gauge(std::string_view name, MetricLabels labels = {});

  // Sorted by name, then labels.
  [[nodiscard]] std::vector<MetricSample> snapshot() const;
  // The sum over all labels of one name; 0 when there is none.
  [[nodiscard]] int64_t sum(std::string_view name) const;
  // Prometheus' text exposition format, version 0.0.4.
  [[nodiscard]] std::string to_prometheus() const;

 private:
  using Key = std::pair<std::string, MetricLabels>;
  mutable std::mutex mutex_;
  std::map<Key, std::unique_ptr<Counter>> counters_;
  std::map<Key, std::unique_ptr<Gauge>> gauges_;
};

}  // namespace weir
