#include "connectors/filesystem/file_source.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstring>

#include "base/env.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/scan_format.h"
#include "connectors/table_options.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr size_t kBlockBytes = size_t{1} << 20U;
constexpr size_t kMaxLineBytes = size_t{64} << 20U;
constexpr int kMaxDepth = 32;  // of folders: a link that leads back to itself ends here

class FileMetadata final : public MetadataColumns {
 public:
  FileMetadata(std::string path, uint64_t size) : path_(std::move(path)), size_(size) {}

  types::ColumnRef make(const plan::ScanColumn& column,
                        std::span<const uint16_t> records) override {
    if (column.name == "file.path") return constant_text(column.type, path_, records.size());
    if (column.name == "file.name") {
      return constant_text(column.type, file_name(path_), records.size());
    }
    WEIR_CHECK(column.name == "file.size", "the table of metadata names what is made here");
    return constant_integer(column.type, static_cast<int64_t>(size_), records.size());
  }

 private:
  std::string path_;
  uint64_t size_;
};

class FileReader final : public exec::SplitReader {
 public:
  FileReader(std::unique_ptr<RandomFile> file, ScanDecoder decoder, FileMetadata metadata,
             std::string path, uint32_t split, uint64_t size, uint64_t offset)
      : file_(std::move(file)),
        decoder_(std::move(decoder)),
        metadata_(std::move(metadata)),
        path_(std::move(path)),
        split_(split),
        size_(size),
        block_start_(offset),
        next_(offset) {}

  Result<exec::Poll> poll(uint32_t max_rows) override {
    exec::Poll poll;
    records_.clear();
    offsets_.clear();
    WEIR_TRY(cut_lines(max_rows));
    if (records_.empty() && !ended_) {
      WEIR_TRY(read_block());
      WEIR_TRY(cut_lines(max_rows));
    }
    if (!records_.empty()) {
      WEIR_TRY(
          decoder_.decode({records_, offsets_, std::span(&block_, 1)}, split_, metadata_, poll));
    }
    poll.at_end = poll.finished = ended_ && next_ >= block_end();
    if (!poll.batch && !poll.finished) poll.retry_after_ms = 0;
    return poll;
  }
  [[nodiscard]] std::string position() const override { return std::to_string(next_); }

 private:
  [[nodiscard]] uint64_t block_end() const { return block_start_ + (block_ ? block_->size() : 0); }

  // The next block, from next_ on, so that it begins with a line; longer when a line is.
  Status read_block() {
    size_t wanted = kBlockBytes;
    for (;;) {
      auto block = Buffer::allocate(wanted);
      const size_t got = WEIR_TRY(file_->read(next_, {block->mutable_data(), wanted}));
      ended_ = got < wanted;
      block->shrink(got);
      const bool whole = ended_ || block->text().find('\n') != std::string_view::npos;
      block_ = std::move(block);
      block_start_ = next_;
      if (whole) return ok();
      if (wanted >= kMaxLineBytes) {
        return exhausted(fmt::format("the line at byte {} of {} is longer than {} MB", next_, path_,
                                     kMaxLineBytes >> 20U));
      }
      wanted *= 4;
    }
  }

  // Whole lines of the block that were not handed out yet; the last line of a file may lack its
  // end. An empty line is no record.
  Status cut_lines(uint32_t max_rows) {
    if (!block_) return ok();
    const std::string_view text = block_->text();
    while (records_.size() < max_rows && next_ < block_end()) {
      const size_t begin = next_ - block_start_;
      size_t end = text.find('\n', begin);
      size_t after = end + 1;
      if (end == std::string_view::npos) {
        if (!ended_) break;
        end = after = text.size();
      }
      next_ = block_start_ + after;
      if (end > begin && text[end - 1] == '\r') --end;
      if (end == begin) continue;
      records_.push_back({text.data() + begin, static_cast<uint32_t>(end - begin)});
      offsets_.push_back(static_cast<int64_t>(block_start_ + begin));
    }
    return ok();
  }

 public:
  [[nodiscard]] int64_t lag() const override {
    return next_ < size_ ? -1 : 0;  // lines are not counted before they are read
  }

 private:
  std::unique_ptr<RandomFile> file_;
  ScanDecoder decoder_;
  FileMetadata metadata_;
  std::string path_;
  uint32_t split_;
  uint64_t size_;
  BufferRef block_;
  uint64_t block_start_;  // in the file
  uint64_t next_;         // the first line that was not handed out
  bool ended_ = false;    // the block reaches to the file's end
  std::vector<formats::Record> records_;
  std::vector<int64_t> offsets_;
};

class FileSource final : public exec::Source {
 public:
  FileSource(ScanFormat format, std::string path, std::shared_ptr<const RE2> pattern,
             int64_t monitor_ms, Env& env)
      : format_(std::move(format)),
        path_(std::move(path)),
        pattern_(std::move(pattern)),
        monitor_ms_(monitor_ms),
        env_(env) {}

  [[nodiscard]] exec::SourceTraits traits() const override {
    exec::SourceTraits traits;
    traits.bounded = monitor_ms_ == 0;
    traits.discovery_interval_ms = monitor_ms_;
    return traits;
  }

  Result<std::vector<exec::SplitInfo>> discover() override {
    std::vector<exec::SplitInfo> splits;
    auto listed = env_.list(path_);
    if (listed.has_value()) {
      WEIR_TRY(add_folder(path_, *listed, 0, splits));
      return splits;
    }
    if (!env_.exists(path_)) {
      if (monitor_ms_ > 0) return splits;
      return not_found(fmt::format("there is no file or folder {}", path_));
    }
    add_file(path_, splits);
    return splits;
  }

  Result<std::unique_ptr<exec::SplitReader>> open(const exec::SplitInfo& split,
                                                  const exec::ReaderStart& start,
                                                  exec::ReaderContext&) override {
    uint64_t offset = 0;
    if (start.kind == exec::ReaderStart::Kind::kResume) {
      const auto parsed = types::parse_integer(start.position);
      if (!parsed.has_value() || *parsed < 0) {
        return corrupt(fmt::format("'{}' is not a position in a file", start.position));
      }
      offset = static_cast<uint64_t>(*parsed);
    }
    auto file = WEIR_TRY(env_.open_random(split.topic));
    const uint64_t size = WEIR_TRY(file->size());
    if (offset > size) {
      return corrupt(fmt::format("{} is shorter than what was read of it before", split.topic));
    }
    return std::unique_ptr<exec::SplitReader>(std::make_unique<FileReader>(
        std::move(file), WEIR_TRY(format_.make_decoder()), FileMetadata(split.topic, size),
        split.topic, split.number, size, offset));
  }

 private:
  void add_file(const std::string& path, std::vector<exec::SplitInfo>& splits) const {
    if (pattern_ && !RE2::FullMatch(path, *pattern_)) return;
    exec::SplitInfo split;
    split.id = path;
    split.topic = path;
    splits.push_back(std::move(split));
  }

  Status add_folder(const std::string& folder, const std::vector<DirEntry>& entries, int depth,
                    std::vector<exec::SplitInfo>& splits) {
    if (depth > kMaxDepth) return ok();
    for (const auto& entry : entries) {
      if (entry.name.starts_with('.') || entry.name.starts_with('_')) continue;
      const std::string path = join_path(folder, entry.name);
      if (!entry.is_directory) {
        add_file(path, splits);
        continue;
      }
      const auto inner = WEIR_TRY(env_.list(path));
      WEIR_TRY(add_folder(path, inner, depth + 1, splits));
    }
    return ok();
  }

  ScanFormat format_;
  std::string path_;
  std::shared_ptr<const RE2> pattern_;
  int64_t monitor_ms_;
  Env& env_;
};

}  // namespace

Result<std::unique_ptr<exec::Source>> make_file_source(const SourceRequest& request) {
  const TableOptions options(*request.scan.table, request.info);
  auto path = local_path(WEIR_TRY(options.required("path")));
  if (!path.has_value()) return options.bad("path", path.error().message());
  const int64_t monitor_ms = WEIR_TRY(options.duration_ms("source.monitor-interval")).value_or(0);
  std::shared_ptr<const RE2> pattern;
  if (const auto text = options.find("source.path.regex-pattern")) {
    pattern = std::make_shared<const RE2>(*text, RE2::Quiet);
    if (!pattern->ok()) return options.bad("source.path.regex-pattern", pattern->error());
  }
  return std::unique_ptr<exec::Source>(
      std::make_unique<FileSource>(WEIR_TRY(ScanFormat::make(request, options)), std::move(*path),
                                   std::move(pattern), monitor_ms, request.context.env));
}

}  // namespace weir::connectors
