// The file of committed offsets from a damaged disk: refused or cut, never believed; what was read
// stands there again after a commit and a second start. An odd first byte puts the entries'
// checksums right.
#include <filesystem>

#include "base/check.h"
#include "base/crc32c.h"
#include "broker/groups/offset_log.h"

namespace weir::broker {
namespace {

constexpr size_t kHeaderSize = 12;
constexpr size_t kEntryHeaderSize = 8;
constexpr std::string_view kHeader("WEIRGOFF\1\0\0\0", kHeaderSize);

void repair(std::string& file) {
  for (size_t at = kHeaderSize; at + kEntryHeaderSize <= file.size();) {
    const auto size = load_le<uint32_t>(file.data() + at);
    if (size > file.size() - at - kEntryHeaderSize) return;
    const auto payload = std::as_bytes(std::span(file)).subspan(at + kEntryHeaderSize, size);
    store_le<uint32_t>(file.data() + at + 4, crc32c(payload));
    at += kEntryHeaderSize + size;
  }
}

class World {
 public:
  World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-fuzz-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~World() { std::filesystem::remove_all(dir_); }

  void run(std::string content) {
    const std::string path = join_path(dir_, "offsets.log");
    std::filesystem::remove(path);
    const auto file = system_env().open_append(path);
    WEIR_CHECK(file.has_value() && (*file)->append(std::as_bytes(std::span(content))).has_value(),
               "the fuzzer can write");
    std::vector<std::byte> first;
    if (!open(first, true)) return;
    std::vector<std::byte> second;
    WEIR_CHECK(open(second, false), "what was opened once opens again");
    WEIR_CHECK(second.size() > first.size() &&
                   std::ranges::equal(first, std::span(second).first(first.size())),
               "the second start finds the same and the commit");
  }

 private:
  // The entries as they are written; commits one more.
  bool open(std::vector<std::byte>& entries, bool commit) {
    ByteWriter seen;
    OffsetLogOptions options;
    options.dir = dir_;
    options.fsync = false;
    options.background = false;
    auto log = OffsetLog::open(
        context_, options, [&](OffsetEntry entry) { entry.encode(seen); }, [](ByteWriter&) {});
    if (!log.has_value()) {
      WEIR_CHECK(log.error().code() != ErrorCode::kInternal, "no internal error");
      return false;
    }
    entries.assign(seen.view().begin(), seen.view().end());
    if (!commit) return true;
    ByteWriter more;
    OffsetEntry{.group = "g", .topic = "t", .partition = 1, .committed = CommittedOffset{}}.encode(
        more);
    bool written = false;
    (*log)->append(more.view(), [&](const Status& status) { written = status.has_value(); });
    (*log)->flush();
    WEIR_CHECK(written, "a commit is written");
    return true;
  }

  std::string dir_;
  ManualClock clock_{1'700'000'000'000'000};
  Metrics metrics_;
  Context context_{system_env(), clock_, silent_logger(), metrics_};
};

}  // namespace
}  // namespace weir::broker

std::vector<std::string> weir_fuzz_corpus() {
  using namespace weir::broker;
  weir::ByteWriter out;
  out.text(kHeader);
  CommittedOffset committed;
  committed.offset = 42;
  committed.metadata = "note";
  OffsetEntry{.group = "g", .topic = "t", .partition = 3, .committed = committed}.encode(out);
  OffsetEntry{.group = "g", .topic = "t", .partition = 3, .committed = {}}.encode(out);
  OffsetEntry{.group = "g", .topic = {}, .partition = 0, .committed = {}}.encode(out);
  const std::string file(reinterpret_cast<const char*>(out.view().data()), out.size());
  return {"\1" + file, "\2" + file.substr(0, file.size() - 3), "\1" + file.substr(0, 30), "\1"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static weir::broker::World world;
  if (size == 0) return 0;
  std::string content(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) weir::broker::repair(content);
  world.run(std::move(content));
  return 0;
}
