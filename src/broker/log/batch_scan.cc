#include "broker/log/batch_scan.h"

#include <fmt/format.h>

#include <vector>

namespace weir::broker {
namespace {

constexpr size_t kChunkBytes = size_t{1} << 20U;

// The part of the file that is in memory.
class Window {
 public:
  Window(const RandomFile& file, uint64_t from, uint64_t to) : file_(file), start_(from), to_(to) {}

  // What is there from `position` on, at least `wanted` bytes unless the end is nearer.
  Result<std::span<const std::byte>> at(uint64_t position, size_t wanted) {
    const uint64_t end = start_ + held_;
    if (position + wanted > end && end < to_) WEIR_TRY(load(position, wanted));
    return std::span<const std::byte>(bytes_).subspan(position - start_, start_ + held_ - position);
  }

 private:
  Status load(uint64_t position, size_t wanted) {
    const size_t size = std::min<uint64_t>(std::max(wanted, kChunkBytes), to_ - position);
    if (bytes_.size() < size) bytes_.resize(size);
    held_ = WEIR_TRY(file_.read(position, std::span(bytes_).first(size)));
    start_ = position;
    if (held_ < size) to_ = start_ + held_;
    return ok();
  }

  const RandomFile& file_;
  std::vector<std::byte> bytes_;
  uint64_t start_;
  size_t held_ = 0;
  uint64_t to_;
};

}  // namespace

Result<ScanEnd> scan_batches(const RandomFile& file, uint64_t from, uint64_t to, CrcCheck crc,
                             const std::function<bool(const ScannedBatch&)>& visit) {
  Window window(file, from, to);
  uint64_t position = from;
  while (position < to) {
    auto bytes = WEIR_TRY(window.at(position, kafka::kBatchHeaderSize));
    if (bytes.empty()) break;
    const auto size = kafka::batch_size(bytes);
    if (!size.has_value()) return ScanEnd{position, size.error().message()};
    if (*size > bytes.size() && *size <= to - position) {
      bytes = WEIR_TRY(window.at(position, *size));
    }
    if (*size == 0 || *size > bytes.size()) {
      return ScanEnd{position, fmt::format("a batch is not whole: {} bytes", bytes.size())};
    }
    const auto batch = bytes.first(*size);
    const auto header = kafka::RecordBatchHeader::read(batch);
    if (!header.has_value()) return ScanEnd{position, header.error().message()};
    if (crc == CrcCheck::kYes) {
      if (const auto checked = kafka::check_crc(batch); !checked.has_value()) {
        return ScanEnd{position, checked.error().message()};
      }
    }
    const bool go_on = visit({*header, position, batch});
    position += *size;
    if (!go_on) break;
  }
  return ScanEnd{position, ""};
}

}  // namespace weir::broker
