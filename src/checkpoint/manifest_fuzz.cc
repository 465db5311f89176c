// The manifest's reader over arbitrary bytes; what it accepts must come back byte for byte.
#include <cstdlib>

#include "base/check.h"
#include "checkpoint/manifest.h"
#include "checkpoint/manifest_sample.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto read = checkpoint::decode(bytes);
  if (read) {
    const auto again = checkpoint::encode(*read);
    WEIR_CHECK(std::ranges::equal(again, bytes), "a manifest that was read is written otherwise");
  }
  // Behind a checksum that holds, so that the fields are reached as well.
  constexpr size_t kHead = 8;
  if (size < kHead) return 0;
  const auto sample = checkpoint::encode(checkpoint::sample_manifest());
  std::vector<std::byte> sealed(sample.begin(), sample.begin() + kHead);
  sealed.insert(sealed.end(), bytes.begin(), bytes.end());
  const uint64_t sum = checkpoint::checksum(sealed);
  sealed.resize(sealed.size() + sizeof(sum));
  std::memcpy(sealed.data() + sealed.size() - sizeof(sum), &sum, sizeof(sum));
  (void)checkpoint::decode(sealed);
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  const auto bytes = weir::checkpoint::encode(weir::checkpoint::sample_manifest());
  const std::string whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr size_t kHead = 8;
  return {whole, whole.substr(kHead, whole.size() - 2 * kHead)};
}
