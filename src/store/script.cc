#include "store/script.h"

#include <xxhash.h>

#include <charconv>
#include <map>
#include <set>

#include "base/random.h"
#include "net/http_client.h"
#include "store/statement.h"

namespace weir::store {
namespace {

constexpr std::string_view kMagic = "weir-applied-statements 1";
constexpr uint64_t kLargestMemory = 16U << 20U;
constexpr int64_t kStatementTimeoutMs = 600'000;

// What "exists already" means in ClickHouse's error numbers: table, database, dictionary, function.
bool says_exists(int code) {
  return code == 57 || code == 82 || code == 387 || code == 609 || code == 668;
}

// The hashes of the statements that were applied, oldest first.
class AppliedStatements {
 public:
  static Result<AppliedStatements> read(Env& env, const std::string& path) {
    AppliedStatements applied(env, path);
    if (!env.exists(path)) return applied;
    const std::string text = WEIR_TRY(read_file(env, path, kLargestMemory));
    if (!text.starts_with(kMagic)) {
      return corrupt(fmt::format("{} is not a list of applied statements", path))
          .hint("remove it, and every statement of the script runs once more");
    }
    size_t at = text.find('\n');
    while (at != std::string::npos && at + 1 < text.size()) {
      const size_t end = std::min(text.find('\n', at + 1), text.size());
      applied.hashes_.insert(text.substr(at + 1, end - at - 1));
      at = end;
    }
    return applied;
  }

  [[nodiscard]] bool has(const std::string& hash) const { return hashes_.contains(hash); }

  Status add(const std::string& hash) {
    if (!hashes_.insert(hash).second) return ok();
    std::string text = std::string(kMagic) + "\n";
    for (const auto& one : hashes_) text += one + "\n";
    return write_file_atomic(env_, path_, text);
  }

 private:
  AppliedStatements(Env& env, std::string path) : env_(env), path_(std::move(path)) {}
  Env& env_;
  std::string path_;
  std::set<std::string> hashes_;
};

// The same statement twice in one script is two statements.
std::string hash_of(std::string_view text, std::map<std::string, int>& seen) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  std::string name = fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  const int times = seen[name]++;
  return times == 0 ? name : fmt::format("{}-{}", name, times);
}

bool prepares_session(const ScriptStatement& statement) {
  return statement.first_words.starts_with("SET") || statement.first_words.starts_with("USE");
}

bool is_create(const ScriptStatement& statement) {
  return (statement.first_words.starts_with("CREATE ") ||
          statement.first_words.starts_with("ATTACH ")) &&
         statement.first_words != "CREATE OR";
}

// ClickHouse's message without what only a program needs.
std::string server_message(std::string body) {
  while (body.ends_with('\n')) body.pop_back();
  return body;
}

// "Syntax error: failed at position 7 (...)": ClickHouse counts bytes from 1. 0 without such text.
size_t offset_in_statement(std::string_view message) {
  constexpr std::string_view kPlace = "failed at position ";
  const size_t at = message.find(kPlace);
  size_t position = 0;
  if (at != std::string_view::npos) {
    const auto digits = message.substr(at + kPlace.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), position);
  }
  return position > 0 ? position - 1 : 0;
}

class ScriptRun {
 public:
  ScriptRun(const ScriptTarget& target, std::string_view script, const std::string& file_name,
            AppliedStatements& applied)
      : client_(
            {.host = target.host, .port = target.port, .stall_timeout_ms = kStatementTimeoutMs}),
        script_(script),
        file_name_(file_name),
        applied_(applied) {
    headers_.set("X-ClickHouse-User", target.user);
    headers_.set("X-ClickHouse-Key", target.password);
    // One session, so that USE and SET hold for what follows.
    target_ = fmt::format("/?session_id=weir-script-{:x}", secure_random_seed());
  }

  Status run(const ScriptStatement& statement, ScriptOutcome& outcome) {
    const std::string hash = hash_of(statement.text, seen_);
    const bool known = applied_.has(hash);
    if (known && !is_create(statement) && !prepares_session(statement)) {
      ++outcome.unchanged;
      return ok();
    }
    const auto response = client_.request("POST", target_, headers_, statement.text);
    if (!response.has_value()) return Error(response.error()).in(file_name_);
    if (response->status == 200) {
      if (prepares_session(statement)) return ok();
      ++outcome.executed;
      return applied_.add(hash);
    }
    int code = 0;
    const auto number = response->headers.get("X-ClickHouse-Exception-Code");
    std::from_chars(number.data(), number.data() + number.size(), code);
    if (known && says_exists(code)) {
      ++outcome.unchanged;
      return ok();
    }
    return failure(statement, server_message(response->body), code);
  }

 private:
  Error failure(const ScriptStatement& statement, std::string message, int code) const {
    const size_t offset = statement.offset + offset_in_statement(message);
    auto error = invalid(std::move(message)).at(position_of(script_, offset, file_name_));
    if (says_exists(code)) {
      return std::move(error).hint(
          "an object of that name was made by another statement: DROP it first, change it with "
          "ALTER, or start anew with --fresh");
    }
    return error;
  }

  net::HttpClient client_;
  net::HttpHeaders headers_;
  std::string target_;
  std::string_view script_;
  const std::string& file_name_;
  AppliedStatements& applied_;
  std::map<std::string, int> seen_;
};

}  // namespace

Result<ScriptOutcome> apply_script(Env& env, const ScriptTarget& target, std::string_view script,
                                   const std::string& file_name, const std::string& memory_path) {
  const auto statements = WEIR_TRY(split_script(script, file_name));
  auto applied = WEIR_TRY(AppliedStatements::read(env, memory_path));
  ScriptRun run(target, script, file_name, applied);
  ScriptOutcome outcome;
  for (const auto& statement : statements) WEIR_TRY(run.run(statement, outcome));
  return outcome;
}

}  // namespace weir::store
