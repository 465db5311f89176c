#include <nlohmann/json.hpp>

#include <cstdio>

#include "cli/program.h"

namespace weir::cli {
namespace {

constexpr const char* kFlinkDialect = "2.2.1";

Status print_version(const Program& program) {
  if (program.json) {
    const nlohmann::ordered_json out{
        {"weir", WEIR_VERSION}, {"flink_dialect", kFlinkDialect}, {"compiler", __VERSION__}};
    std::printf("%s\n", out.dump().c_str());
  } else {
    std::printf("weir %s (Flink SQL %s; g++ %s)\n", WEIR_VERSION, kFlinkDialect, __VERSION__);
  }
  return ok();
}

}  // namespace

void define_version(CommandLine& line, Program& program) {
  add_command(line, program, "version", "Print what this is",
              "  weir version\n  weir version --json",
              [&program] { return print_version(program); });
}

}  // namespace weir::cli
