// A partition's folder from a damaged disk: recovery takes what is right, cuts the rest, and after
// that the log reads, appends and opens again to the same records. Index and snapshots of producers
// are also shown to their decoders behind checksums that hold.
//
// An input is a row of files, each: one byte (kind, base, whether checksums are put right), two
// bytes of length, the content.
#include <filesystem>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "broker/log/checked_file.h"
#include "broker/log/segmented_log.h"
#include "broker/log/sparse_index.h"
#include "kafka/record_builder.h"

namespace weir::broker {
namespace {

constexpr size_t kMaxFiles = 6;
constexpr size_t kReadBytes = size_t{64} << 10U;
// Where the checksum of a record batch stands, and what it covers: Kafka's record batch format.
constexpr size_t kLengthAt = 8;
constexpr size_t kLengthEnd = 12;
constexpr size_t kCrcAt = 17;
constexpr size_t kCoveredFrom = 21;

// Checksums of whatever looks like a batch are put right.
void repair_batches(std::string& log) {
  size_t at = 0;
  while (log.size() - at >= kafka::kBatchHeaderSize) {
    const auto length = load_be<int32_t>(log.data() + at + kLengthAt);
    if (length < static_cast<int32_t>(kafka::kBatchHeaderSize - kLengthEnd) ||
        static_cast<size_t>(length) > log.size() - at - kLengthEnd) {
      return;
    }
    const size_t size = kLengthEnd + static_cast<size_t>(length);
    const auto covered =
        std::as_bytes(std::span(log)).subspan(at + kCoveredFrom, size - kCoveredFrom);
    store_be<uint32_t>(log.data() + at + kCrcAt, crc32c(covered));
    at += size;
  }
}

std::string with_checksum(std::string_view content) {
  ByteWriter out;
  out.text(content);
  return seal(out);
}

void try_decoders(const std::string& file) {
  SegmentSummary summary;
  if (const auto index = SparseIndex::decode(file, summary); index.has_value()) {
    WEIR_CHECK(index->encode(summary) == file, "an index reads back");
    (void)index->position_of(7);
    (void)index->position_before(1000);
  }
  int64_t offset = 0;
  if (const auto table = ProducerTable::decode(file, offset); table.has_value()) {
    int64_t again = 0;
    const auto copy = ProducerTable::decode(table->encode(offset), again);
    WEIR_CHECK(copy.has_value() && again == offset, "a snapshot of producers reads back");
  }
}

class World {
 public:
  World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-fuzz-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~World() { std::filesystem::remove_all(dir_); }

  void run(std::string_view input) {
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      std::filesystem::remove(entry.path());
    }
    ByteReader in(input);
    for (size_t i = 0; i < kMaxFiles && in.remaining() > 3; ++i) write_file(in);
    const std::string before = open_and_read();
    if (before != kFailed) WEIR_CHECK(open_and_read() == before, "the second start finds the same");
  }

 private:
  static constexpr const char* kFailed = "failed";

  void write_file(ByteReader& in) {
    constexpr const char* kSuffixes[] = {".log", ".index", ".producers", ".tmp"};
    const uint8_t head = in.le<uint8_t>();
    const size_t wanted = in.le<uint16_t>();
    std::string content(in.text(std::min<size_t>(wanted, in.remaining())));
    const std::string suffix = kSuffixes[head & 3U];
    const int64_t base = (head >> 2U) & 7U;
    if ((head & 0x80U) != 0) {
      if (suffix == ".log") {
        repair_batches(content);
      } else {
        content = with_checksum(content);
        try_decoders(content);
      }
    }
    const std::string name = fmt::format("{:020}{}", base, suffix);
    const auto file = system_env().open_append(join_path(dir_, name));
    WEIR_CHECK(file.has_value() && (*file)->append(std::as_bytes(std::span(content))).has_value(),
               "the fuzzer can write");
  }

  // What the log holds after a start, as text; then appends and stops cleanly.
  std::string open_and_read() {
    LogOptions options;
    options.dir = dir_;
    options.name = "t-0";
    auto opened = SegmentedLog::open(context_, options);
    if (!opened.has_value()) {
      WEIR_CHECK(opened.error().code() != ErrorCode::kInternal, "no internal error");
      return kFailed;
    }
    SegmentedLog& log = **opened;
    const LogOffsets offsets = log.offsets();
    WEIR_CHECK(offsets.start <= offsets.high_watermark, "the start is not behind the end");
    std::string text = fmt::format("{} {}:", offsets.start, offsets.high_watermark);
    int64_t next = offsets.start;
    while (next < offsets.high_watermark) {
      const auto read = log.read(next, kReadBytes);
      if (!read.has_value() || read->next_offset <= next) break;
      text += fmt::format(" {}+{}", read->next_offset, read->records.size());
      next = read->next_offset;
    }
    for (const int64_t time : {int64_t{0}, int64_t{1000}, INT64_MAX}) {
      (void)log.offset_for_time(time).has_value();
    }
    (void)log.offset_of_max_time().has_value();
    WEIR_CHECK(log.close().has_value(), "a log that was opened can be closed");
    return text;
  }

  std::string dir_;
  ManualClock clock_{1'700'000'000'000'000};
  Metrics metrics_;
  Context context_{system_env(), clock_, silent_logger(), metrics_};
};

void add_file(std::string& input, uint8_t head, std::string_view content) {
  ByteWriter out;
  out.le(head);
  out.le(static_cast<uint16_t>(content.size()));
  out.text(content);
  input.append(reinterpret_cast<const char*>(out.view().data()), out.size());
}

std::string batch(int64_t base_offset, int64_t producer, int32_t sequence) {
  kafka::BatchOptions options;
  options.producer_id = producer;
  options.producer_epoch = 0;
  options.base_sequence = sequence;
  kafka::RecordBatchBuilder builder(options);
  for (int i = 0; i < 3; ++i) builder.add(1000 + i, "key", "value");
  std::string bytes((*builder.finish())->text());
  store_be(bytes.data(), base_offset);
  return bytes;
}

}  // namespace
}  // namespace weir::broker

std::vector<std::string> weir_fuzz_corpus() {
  using namespace weir::broker;
  constexpr uint8_t kRight = 0x80;
  const std::string two = batch(0, 7, 0) + batch(3, 7, 3);
  SparseIndex index;
  index.add(3, 100, 1002);
  const std::string covered = index.encode({0, 3, batch(0, 7, 0).size(), 1002});
  ProducerTable producers;
  const std::string snapshot = producers.encode(3);
  std::vector<std::string> corpus;
  add_file(corpus.emplace_back(), kRight, two);
  add_file(corpus.emplace_back(), 0, two.substr(0, two.size() - 5));
  auto& all = corpus.emplace_back();
  add_file(all, kRight, two);
  add_file(all, 1, covered);
  add_file(all, 2, snapshot);
  add_file(all, kRight | (6U << 2U), batch(6, 7, 6));
  add_file(corpus.emplace_back(), kRight | 1, covered.substr(0, covered.size() - 8));
  add_file(corpus.emplace_back(), kRight | 1, covered.substr(0, 35));  // ends inside the head
  add_file(corpus.emplace_back(), kRight | 2,
           std::string("WEIRPRD1") + std::string(7, '\0') + std::string(1, '\1') +
               std::string(60, '\0'));
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static weir::broker::World world;
  world.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
