// Hands a fuzz target's own inputs to libFuzzer, which brings main().
//
// libFuzzer starts from the files of a folder. Before it reads them, the inputs of
// weir_fuzz_corpus() are written there as seed-N; what it finds new lies beside them.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

std::vector<std::string> weir_fuzz_corpus() __attribute__((weak));

extern "C" int LLVMFuzzerInitialize(const int* argc, char*** argv) {
  if (weir_fuzz_corpus == nullptr) return 0;
  for (int i = 1; i < *argc; ++i) {
    const std::filesystem::path folder = (*argv)[i];
    if (!std::filesystem::is_directory(folder)) continue;
    size_t number = 0;
    for (const auto& input : weir_fuzz_corpus()) {
      std::ofstream file(folder / ("seed-" + std::to_string(number++)), std::ios::binary);
      file.write(input.data(), static_cast<std::streamsize>(input.size()));
    }
    return 0;
  }
  return 0;
}
