// weir: subcommands only; see cli/.
#include "cli/program.h"

int main(int argc, char** argv) { return weir::cli::run_program(argc, argv); }
