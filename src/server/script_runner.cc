#include "server/script_runner.h"

#include "base/env.h"
#include "base/system_time_zone.h"
#include "server/collect.h"
#include "types/time_zone.h"

namespace weir::server {
namespace {

constexpr int64_t kStopPollMs = 50;

// A folder's name for a job: what is not plain becomes '_'.
std::string folder_name(std::string_view job) {
  std::string name;
  for (const char c : job) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    name.push_back(plain ? c : '_');
  }
  return name;
}

}  // namespace

ScriptRunner::ScriptRunner(Context& context, sql::Registry registry,
                           exec::ConnectorFactory& connectors, Printer& printer,
                           ScriptOptions options)
    : context_(context),
      connectors_(connectors),
      printer_(printer),
      options_(std::move(options)),
      session_(registry) {}

Status ScriptRunner::run(const std::string& text, const std::string& file) {
  const auto statements = WEIR_TRY(plan::Session::parse_script(text, file));
  for (const auto& [key, value] : options_.settings) {
    WEIR_TRY(session_.settings().set(key, value));
  }
  for (const auto& statement : statements) {
    if (options_.queries || !statement.is_query()) continue;
    return unsupported("a query's rows have nowhere to go here")
        .at({file, statement.line, 1, {}, 1})
        .hint("INSERT them INTO a table, or run the query with `weir sql`");
  }
  for (const auto& statement : statements) {
    if (options_.stopping && options_.stopping()) return ok();
    WEIR_TRY(run_outcome(WEIR_TRY(session_.execute(statement))));
  }
  return ok();
}

Status ScriptRunner::run_outcome(plan::Outcome outcome) {
  if (const auto* done = std::get_if<plan::Done>(&outcome)) {
    printer_.done(*done);
  } else if (const auto* rows = std::get_if<plan::ResultRows>(&outcome)) {
    printer_.rows(*rows);
  } else if (auto* job = std::get_if<plan::Job>(&outcome)) {
    return start_job(std::move(job->plan));
  } else {
    return run_query(std::move(std::get<plan::Query>(outcome).plan));
  }
  return ok();
}

Result<exec::JobSettings> ScriptRunner::job_settings(const plan::Plan& plan) {
  auto settings = WEIR_TRY(exec::parse_job_settings(plan.settings, plan.name));
  if (options_.parallelism > 0) settings.parallelism = options_.parallelism;
  if (plan.settings.text("table.local-time-zone") == "default") {
    settings.time_zone = system_time_zone();
    const auto found = types::TimeZone::find(settings.time_zone);
    if (!found.has_value()) {
      context_.log.warning("job", "the machine's time zone is not known; UTC is taken",
                           {{"zone", settings.time_zone}});
      settings.time_zone = "UTC";
    }
  }
  return settings;
}

Status ScriptRunner::start_job(plan::Plan plan) {
  auto settings = WEIR_TRY(job_settings(plan));
  checkpoint::JobOptions job_options;
  // Two jobs of one script may have one name (two INSERTs into one table): the number tells them
  // apart, and it is the same as long as the script's order is.
  folders_.push_back(fmt::format("{}-{}", jobs_.size(), folder_name(plan.name)));
  job_options.folder = join_path(options_.state_dir, folders_.back());
  WEIR_TRY(context_.env.make_dirs(job_options.folder));
  jobs_.push_back(WEIR_TRY(checkpoint::Job::start(std::move(plan), connectors_, std::move(settings),
                                                  std::move(job_options), context_)));
  return ok();
}

std::vector<std::string> ScriptRunner::unused_state() const {
  std::vector<std::string> unused;
  const auto entries = context_.env.list(options_.state_dir);
  if (!entries.has_value()) return unused;  // no job has had state yet
  for (const auto& entry : *entries) {
    if (entry.is_directory && std::ranges::find(folders_, entry.name) == folders_.end()) {
      unused.push_back(join_path(options_.state_dir, entry.name));
    }
  }
  std::ranges::sort(unused);
  return unused;
}

Status ScriptRunner::run_query(plan::Plan plan) {
  auto settings = WEIR_TRY(job_settings(plan));
  CollectFactory collecting(
      connectors_, [this](const types::Batch& batch) { return printer_.query_batch(batch); });
  printer_.query_begins(plan.sinks.at(0)->schema, settings.time_zone);
  const auto job = WEIR_TRY(
      checkpoint::Job::start(std::move(plan), collecting, std::move(settings), {}, context_));
  while (!job->wait_for(kStopPollMs)) {
    if (options_.stopping && options_.stopping()) job->request_stop();
  }
  WEIR_TRY(job->wait());
  printer_.query_ends();
  return ok();
}

}  // namespace weir::server
