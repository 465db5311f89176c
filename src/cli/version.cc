
#include <cstdio>

#include "base/json_object.h"
#include "cli/program.h"

namespace weir::cli {
namespace {

constexpr const char* kFlinkDialect = "2.2.1";

Status print_version(const Program& program) {
  if (program.json) {
    JsonObject out;
    out.add("weir", WEIR_VERSION).add("flink_dialect", kFlinkDialect).add("compiler", __VERSION__);
    std::printf("%s\n", out.text().c_str());
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
