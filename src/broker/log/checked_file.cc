#include "broker/log/checked_file.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace weir::broker {
namespace {

constexpr size_t kChecksumSize = 8;

}  // namespace

std::string seal(const ByteWriter& content) {
  const auto bytes = content.view();
  std::string file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  char checksum[kChecksumSize];
  store_le<uint64_t>(checksum, XXH3_64bits(file.data(), file.size()));
  return file.append(checksum, kChecksumSize);
}

Result<std::string_view> unseal(std::string_view file, std::string_view magic) {
  if (file.size() < kMagicSize + kChecksumSize || !file.starts_with(magic)) {
    return corrupt(fmt::format("does not begin with {}", magic));
  }
  const size_t size = file.size() - kChecksumSize;
  if (load_le<uint64_t>(file.data() + size) != XXH3_64bits(file.data(), size)) {
    return corrupt("checksum differs");
  }
  return file.substr(kMagicSize, size - kMagicSize);
}

}  // namespace weir::broker
