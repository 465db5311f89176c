// Server: one pipeline, running: broker, store, jobs, generator, wired to one another.
//
// start() brings the parts up in the order that data needs them (store child first, because it
// takes longest; broker; jobs; the store's SQL; the generator) and stop() takes them down in the
// opposite one: generator, jobs with a last checkpoint, store, broker. The only place where parts
// meet. Owner: main; start(), stop() and the destructor from one thread, the rest from any.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "server/pipeline.h"
#include "server/script_runner.h"
#include "server/status.h"

namespace weir::server {

struct ServerOptions {
  std::string data_dir;                // empty: .weir in the pipeline's folder
  bool fresh = false;                  // remove what earlier runs left
  bool generate = true;                // run generate.sql, when there is one
  std::optional<uint64_t> rate;        // events a second of all generators together; 0: none runs
  uint32_t parallelism = 0;            // 0: what the SQL sets
  std::optional<uint16_t> kafka_port;  // instead of the configuration's
  std::optional<uint16_t> clickhouse_port;
};

class Server {
 public:
  // All must outlive the server. `stopping` ends a start that waits.
  static Result<std::unique_ptr<Server>> start(Context& context, Pipeline pipeline,
                                               const ServerOptions& options, Printer& printer,
                                               std::function<bool()> stopping);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] RunStatus status() const;
  // All jobs of pipeline.sql have ended by themselves.
  [[nodiscard]] bool finished() const;
  // A job of pipeline.sql that never ends by itself, by name; empty: there is none.
  [[nodiscard]] std::string endless_job() const;
  // What the user should know about this start: state that is not used, files that are not read.
  [[nodiscard]] std::vector<std::string> notices() const;
  // Why a job failed, if one did.
  [[nodiscard]] std::optional<Error> failure() const;
  [[nodiscard]] std::string kafka_address() const;
  [[nodiscard]] std::string clickhouse_url() const;  // empty: no store
  [[nodiscard]] const std::string& data_dir() const;
  // Stops the generator, lets the jobs and the store take what is on its way, stops the jobs: what
  // status() says then is what a calm run leaves. For a short, bounded time when the user asked for
  // a stop, for a longer one otherwise.
  void drain();
  // The error of a job that failed while it stopped.
  Status stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace weir::server
