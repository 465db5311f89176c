// weir store: the embedded ClickHouse engine alone, behind ClickHouse's HTTP interface.
#include "store/store.h"

#include <cstdio>
#include <sstream>

#include "cli/program.h"
#include "store/supervisor.h"

namespace weir::cli {
namespace {

constexpr int64_t kMostMemoryBytes = 1'000'000'000'000'000;  // catches a slip of the hand

struct StoreArguments {
  store::StoreOptions options;
  std::string users_file;
  std::vector<std::string> endpoints;
};

// One user a line: NAME PASSWORD [readonly]; empty lines and lines that begin with # are skipped.
Result<std::vector<store::StoreUser>> read_users(Env& env, const std::string& path) {
  constexpr uint64_t kLargestUsersFile = 1U << 20U;
  const std::string text = WEIR_TRY(read_file(env, path, kLargestUsersFile));
  std::vector<store::StoreUser> users;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    store::StoreUser user;
    std::string flag;
    if (!(words >> user.name) || user.name.starts_with('#')) continue;
    words >> user.password >> flag;
    if (!flag.empty() && flag != "readonly") {
      return invalid("not a user: expected NAME PASSWORD [readonly]")
          .at({.file = path, .line = number, .column = 1, .line_text = {}});
    }
    user.read_only = flag == "readonly";
    users.push_back(std::move(user));
  }
  return users;
}

Status run_store(Program& program, StoreArguments& arguments) {
  auto& options = arguments.options;
  if (!arguments.users_file.empty()) {
    options.users = WEIR_TRY(read_users(system_env(), arguments.users_file));
  }
  for (const auto& text : arguments.endpoints) {
    options.endpoints.push_back(WEIR_TRY(net::parse_host_mapping(text)));
  }
  const Context context = program.context();
  const int64_t began_ms = context.clock.monotonic_ms();
  auto running = WEIR_TRY(store::Store::start(context, options));
  std::printf("%s%s:%u\n", std::string(store::kListeningLine).c_str(), options.host.c_str(),
              static_cast<unsigned>(running->port()));
  std::fflush(stdout);
  context.log.info("store", "ready",
                   {{"port", running->port()},
                    {"engine", running->engine_version()},
                    {"start_ms", context.clock.monotonic_ms() - began_ms}});
  program.stop.wait_ms(-1);
  store::stop_or_exit(std::move(running), context.log, store::kStoreStopTimeoutMs);
  return ok();
}

}  // namespace

void define_store(CommandLine& line, Program& program) {
  auto arguments = std::make_shared<StoreArguments>();
  auto& options = arguments->options;
  options.data_dir = ".weir/store";
  Command command = add_command(line, program, "store", "Run the embedded ClickHouse engine alone",
                                "  weir store --data /tmp/store\n"
                                "  weir store --port 8124 --endpoint kafka:9092=127.0.0.1:19092\n"
                                "  curl 'http://127.0.0.1:8123/?query=SELECT+version()'",
                                [&program, arguments] { return run_store(program, *arguments); });
  command.text("--data", options.data_dir, "Where the data lives");
  command.text("--host", options.host, "The address to listen on");
  command.number("--port", options.port, kPortRange, "ClickHouse HTTP; 0 takes a free one");
  command.texts("--endpoint", arguments->endpoints,
                "A host name in SQL and where it is: HOST:PORT=ADDRESS:PORT");
  command.text("--users", arguments->users_file,
               "A file with a user a line: NAME PASSWORD [readonly]");
  command.texts("--allow-host", options.allowed_hosts,
                "A Host name besides localhost under which clients may call");
  command.flag("--allow-file-access", options.allow_file_access,
               "Let SQL read and write files and URLs of this machine");
  command.text("--library", options.library_path,
               "libchdb.so, when it is not in lib/ beside the program");
  command.number("--memory-bytes", options.memory_bytes, {1, kMostMemoryBytes},
                 "The engine's memory limit");
}

}  // namespace weir::cli
