// Runs a fuzz entry point without libFuzzer, so that any compiler can: the short run of
// `make test`. It mutates blindly; `make fuzz` uses libFuzzer (libfuzzer.cc beside this).
//
//   x_fuzz --runs N [--seed S]       N inputs, half of them mutations of the corpus
//   x_fuzz --seconds N [--seed S]    as many inputs as fit into N seconds
//   x_fuzz FILE...                   replays files (crashes, corpora)
// The entry point is LLVMFuzzerTestOneInput, libFuzzer's own name; a target may define
// weir_fuzz_corpus() to give well-formed inputs to start from. The same seed gives the same inputs
// in the same order; a run that dies leaves its last input in crash-SEED.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));
std::vector<std::string> weir_fuzz_corpus() __attribute__((weak));

namespace {

std::string last_input;
std::string crash_file;

void keep_last_input() {
  std::FILE* file = std::fopen(crash_file.c_str(), "wb");
  if (file == nullptr) return;
  std::fwrite(last_input.data(), 1, last_input.size(), file);
  std::fclose(file);
  std::fprintf(stderr, "the last input is in %s\n", crash_file.c_str());
}

void on_signal(int number) {
  keep_last_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::string random_bytes(weir::Random& random, size_t limit) {
  std::string bytes(random.below(limit), '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

void mutate(weir::Random& random, std::string& input) {
  const uint64_t times = 1 + random.below(8);
  for (uint64_t i = 0; i < times; ++i) {
    const size_t at = input.empty() ? 0 : random.below(input.size());
    switch (random.below(4)) {
      case 0: input.insert(at, random_bytes(random, 16)); break;
      case 1: input.erase(at, random.below(16)); break;
      case 2:
        if (!input.empty()) input[at] = static_cast<char>(random.next());
        break;
      default: input += input.substr(at, random.below(64)); break;
    }
  }
}

void run(std::string input) {
  last_input = std::move(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(last_input.data()), last_input.size());
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 0;
  uint64_t seed = 1;
  double seconds = 0;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--runs" && i + 1 < argc) {
      runs = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--seconds" && i + 1 < argc) {
      seconds = std::strtod(argv[++i], nullptr);
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      files.push_back(argument);
    }
  }
  crash_file = "crash-" + std::to_string(seed);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_last_input);
  std::signal(SIGABRT, on_signal);
  if (__sanitizer_set_death_callback == nullptr) std::signal(SIGSEGV, on_signal);

  for (const auto& name : files) {
    std::ifstream file(name, std::ios::binary);
    run({std::istreambuf_iterator<char>(file), {}});
  }
  weir::Random random(seed);
  const auto corpus = weir_fuzz_corpus != nullptr ? weir_fuzz_corpus() : std::vector<std::string>{};
  for (const auto& input : corpus) run(input);
  const std::clock_t end = std::clock() + static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC);
  uint64_t done = 0;
  while (done < runs || (seconds > 0 && std::clock() < end)) {
    std::string input;
    if (!corpus.empty() && random.one_in(2)) {
      input = corpus[random.below(corpus.size())];
      mutate(random, input);
    } else {
      input = random_bytes(random, 512);
    }
    run(std::move(input));
    ++done;
  }
  std::printf("seed %llu, %llu runs\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(done));
  return 0;
}
