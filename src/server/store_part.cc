#include "server/store_part.h"

#include <algorithm>

#include "net/http_client.h"
#include "store/script.h"

namespace weir::server {
namespace {

constexpr int64_t kStartTimeoutMs = 60'000;
constexpr int64_t kWatchIntervalNs = 500'000'000;
constexpr int64_t kStopCheckNs = 20'000'000;
// A stop waits for a query that is under way; a store that answers later keeps its last counts.
constexpr int64_t kQueryTimeoutMs = 1'000;
// Tables that keep rows; a queue or a view only passes them on. Escaped for a URL.
constexpr const char* kTablesQuery =
    "/?query=SELECT%20name%2C%20total_rows%20FROM%20system.tables%20WHERE%20engine%20LIKE%20"
    "%27%25MergeTree%27%20AND%20database%20%3D%20currentDatabase%28%29%20AND%20NOT%20startsWith"
    "%28name%2C%20%27.inner%27%29%20ORDER%20BY%20name%20FORMAT%20TSV";

}  // namespace

StorePart::StorePart(Context& context, std::string data_dir, uint16_t port,
                     std::vector<net::HostMapping> endpoints)
    : context_(context), data_dir_(std::move(data_dir)) {
  store::SupervisorOptions options;
  options.data_dir = data_dir_;
  options.port = port;
  options.endpoints = std::move(endpoints);
  supervisor_ = store::StoreSupervisor::start(context, std::move(options));
}

StorePart::~StorePart() { stop(); }

Status StorePart::apply(const ScriptFile& script) {
  WEIR_TRY(supervisor_->wait_ready(kStartTimeoutMs));
  store::ScriptTarget target;
  target.port = status().port;
  const auto outcome = WEIR_TRY(store::apply_script(context_.env, target, script.text, script.path,
                                                    join_path(data_dir_, "applied-statements")));
  context_.log.debug("store", "script applied",
                     {{"executed", outcome.executed}, {"unchanged", outcome.unchanged}});
  return ok();
}

void StorePart::watch() {
  watcher_ = Thread("store watch", [this] {
    int64_t next_ns = 0;
    while (!stopping_.load()) {
      if (context_.clock.monotonic_ns() >= next_ns) {
        refresh_tables();
        next_ns = context_.clock.monotonic_ns() + kWatchIntervalNs;
      }
      context_.clock.sleep_ns(kStopCheckNs);
    }
  });
}

void StorePart::refresh_tables() {
  net::HttpClientOptions options;
  options.port = status().port;
  options.stall_timeout_ms = kQueryTimeoutMs;
  net::HttpClient client(std::move(options));
  const auto answer = client.get(kTablesQuery);
  // A store that is away keeps its last counts in the view; its health says the rest.
  if (!answer.has_value() || answer->status != 200) return;
  std::vector<TableStatus> tables;
  std::string_view rest = answer->body;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    tables.push_back({std::string(line.substr(0, tab)),
                      std::strtoull(std::string(line.substr(tab + 1)).c_str(), nullptr, 10)});
  }
  const std::lock_guard lock(mutex_);
  tables_ = std::move(tables);
}

std::string StorePart::url() const { return fmt::format("http://127.0.0.1:{}/", status().port); }

std::vector<TableStatus> StorePart::table_rows() const {
  const std::lock_guard lock(mutex_);
  return tables_;
}

void StorePart::stop() {
  stopping_ = true;
  watcher_.join();
  supervisor_->stop();
}

}  // namespace weir::server
