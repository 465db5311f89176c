// Record batches: the header, the records behind it (the checksum set aside, so that mutations get
// through), and each decompressor on its own.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "kafka/record_builder.h"
#include "kafka/record_reader.h"

namespace weir::kafka {
namespace {

constexpr size_t kLimit = size_t{1} << 20U;

void run(std::span<const std::byte> input) {
  const BufferRef owner = Buffer::copy_of(input);
  (void)validate_produced(owner->bytes());
  if (const auto header = RecordBatchHeader::read(owner->bytes()); header.has_value()) {
    RecordReader reader(kLimit);
    RecordColumns records;
    if (reader.append(*header, owner->bytes(), owner, records).has_value()) {
      WEIR_CHECK(records.size() == static_cast<size_t>(header->record_count), "all or nothing");
      for (const auto raw : records.headers) {
        HeaderCursor cursor(raw);
        while (cursor.next().has_value()) {
        }
      }
    } else {
      WEIR_CHECK(records.size() == 0, "all or nothing");
    }
  }
  if (input.empty()) return;
  const auto compression = static_cast<Compression>(1 + std::to_integer<int>(input[0]) % 4);
  Decompressor decompressor;
  const auto result = decompressor.decompress(compression, input.subspan(1), kLimit);
  WEIR_CHECK(!result.has_value() || (*result)->size() <= kLimit, "the limit holds");
}

}  // namespace
}  // namespace weir::kafka

std::vector<std::string> weir_fuzz_corpus() {
  using namespace weir::kafka;
  std::vector<std::string> corpus;
  for (const auto compression : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                 Compression::kLz4, Compression::kZstd}) {
    RecordBatchBuilder builder(BatchOptions{.compression = compression});
    const std::vector<RecordHeader> headers = {{"a", "b"}, {"c", {}}};
    for (int i = 0; i < 20; ++i) builder.add(1000 + i, "key", "some value", headers);
    const auto batch = builder.finish();
    corpus.emplace_back((*batch)->text());
    if (compression == Compression::kNone) continue;
    std::string packed(1, static_cast<char>(static_cast<int>(compression) - 1));
    packed += (*batch)->text().substr(kBatchHeaderSize);
    corpus.push_back(std::move(packed));
  }
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::kafka::run(std::as_bytes(std::span(data, size)));
  return 0;
}
