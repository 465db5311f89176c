// StorePart: the store of one run: the supervised child, its SQL, the sizes of its tables.
//
// start() returns at once; the child comes up while the rest of the server does. apply() waits for
// it and runs clickhouse.sql. watch() keeps table_rows() fresh on a thread of its own, because a
// store that restarts must not hold up the live view. Any thread after start().
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/context.h"
#include "base/thread.h"
#include "net/host_map.h"
#include "server/pipeline.h"
#include "server/status.h"
#include "store/supervisor.h"

namespace weir::server {

class StorePart {
 public:
  StorePart(Context& context, std::string data_dir, uint16_t port,
            std::vector<net::HostMapping> endpoints);
  // Stops the child.
  ~StorePart();

  // Waits for the child, then applies the script as store/script.h says.
  Status apply(const ScriptFile& script);
  void watch();
  // Asks for the sizes now. One caller at a time besides the watcher.
  void refresh_tables();

  [[nodiscard]] store::StoreStatus status() const { return supervisor_->status(); }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<TableStatus> table_rows() const;
  void stop();

 private:
  Context& context_;
  std::string data_dir_;
  std::unique_ptr<store::StoreSupervisor> supervisor_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<TableStatus> tables_;
  Thread watcher_;
};

}  // namespace weir::server
