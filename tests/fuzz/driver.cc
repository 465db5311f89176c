// Runs a fuzz entry point without libFuzzer, so that any compiler can.
//
//   x_fuzz --runs N [--seed S]     N random inputs, half of them mutations of the corpus
//   x_fuzz FILE...                 replays files (crashes, corpora)
// The entry point is LLVMFuzzerTestOneInput, libFuzzer's own name; a target may define
// weir_fuzz_corpus() to give well-formed inputs to start from.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
std::vector<std::string> weir_fuzz_corpus() __attribute__((weak));

namespace {

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

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 0;
  uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--runs" && i + 1 < argc) {
      runs = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::ifstream file(argument, std::ios::binary);
      run({std::istreambuf_iterator<char>(file), {}});
    }
  }
  std::printf("seed %llu, %llu runs\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(runs));
  weir::Random random(seed);
  const auto corpus = weir_fuzz_corpus != nullptr ? weir_fuzz_corpus() : std::vector<std::string>{};
  for (const auto& input : corpus) run(input);
  for (uint64_t i = 0; i < runs; ++i) {
    std::string input;
    if (!corpus.empty() && random.one_in(2)) {
      input = corpus[random.below(corpus.size())];
      mutate(random, input);
    } else {
      input = random_bytes(random, 512);
    }
    run(input);
  }
  return 0;
}
