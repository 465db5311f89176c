#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

std::string escape_label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

Counter& Metrics::counter(std::string_view name, MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  auto& slot = counters_[{std::string(name), std::move(labels)}];
  if (!slot) slot = std::make_unique<Counter>();
  return *slot;
}

Gauge& Metrics::gauge(std::string_view name, MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  auto& slot = gauges_[{std::string(name), std::move(labels)}];
  if (!slot) slot = std::make_unique<Gauge>();
  return *slot;
}

std::vector<MetricSample> Metrics::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<MetricSample> samples;
  samples.reserve(counters_.size() + gauges_.size());
  for (const auto& [key, counter] : counters_) {
    samples.push_back({key.first, key.second, true, static_cast<int64_t>(counter->value())});
  }
  for (const auto& [key, gauge] : gauges_) {
    samples.push_back({key.first, key.second, false, gauge->value()});
  }
  std::ranges::sort(samples, [](const MetricSample& a, const MetricSample& b) {
    return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
  });
  return samples;
}

int64_t Metrics::sum(std::string_view name) const {
  int64_t total = 0;
  for (const auto& sample : snapshot()) {
    if (sample.name == name) total += sample.value;
  }
  return total;
}

std::string Metrics::to_prometheus() const {
  std::string out;
  std::string last_name;
  for (const auto& sample : snapshot()) {
    if (sample.name != last_name) {
      out += fmt::format("# TYPE {} {}\n", sample.name, sample.is_counter ? "counter" : "gauge");
      last_name = sample.name;
    }
    out += sample.name;
    for (size_t i = 0; i < sample.labels.size(); ++i) {
      out += fmt::format("{}{}=\"{}\"", i == 0 ? "{" : ",", sample.labels[i].first,
                         escape_label(sample.labels[i].second));
    }
    out += fmt::format("{} {}\n", sample.labels.empty() ? "" : "}", sample.value);
  }
  return out;
}

}  // namespace weir
