#include "broker/groups/offset_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/crc32c.h"

namespace weir::broker {
namespace {

constexpr std::string_view kMagic = "WEIRGOFF";
constexpr uint32_t kVersion = 1;
constexpr size_t kFileHeaderSize = 12;
constexpr size_t kEntryHeaderSize = 8;
constexpr uint32_t kMaxEntrySize = 1U << 20U;
constexpr uint64_t kMaxFileSize = 4ULL << 30U;
// The file may grow to this many times what it held after the last rewrite.
constexpr uint64_t kGrowth = 4;

enum class Kind : uint8_t { kCommit = 1, kForgetPartition = 2, kForgetGroup = 3 };

void put_text(ByteWriter& out, std::string_view text) {
  out.varint(text.size());
  out.text(text);
}

std::string get_text(ByteReader& in) { return std::string(in.text(in.varint())); }

std::optional<OffsetEntry> decode(std::span<const std::byte> payload) {
  ByteReader in(payload);
  OffsetEntry entry;
  const auto kind = static_cast<Kind>(in.le<uint8_t>());
  entry.group = get_text(in);
  if (kind == Kind::kCommit || kind == Kind::kForgetPartition) {
    entry.topic = get_text(in);
    entry.partition = static_cast<int32_t>(in.zigzag());
  } else if (kind != Kind::kForgetGroup) {
    return std::nullopt;
  }
  if (kind == Kind::kCommit) {
    auto& committed = entry.committed.emplace();
    committed.offset = in.zigzag();
    committed.leader_epoch = static_cast<int32_t>(in.zigzag());
    committed.metadata = get_text(in);
    committed.commit_time_ms = in.zigzag();
  }
  if (!in.ok() || in.remaining() > 0) return std::nullopt;
  return entry;
}

std::string file_header() {
  ByteWriter out;
  out.text(kMagic);
  out.le(kVersion);
  return {reinterpret_cast<const char*>(out.view().data()), out.size()};
}

Status check_file_header(const std::string& path, std::string_view content) {
  if (!content.starts_with(kMagic)) {
    return corrupt(fmt::format("{} is not a file of committed offsets", path));
  }
  const auto version = load_le<uint32_t>(content.data() + kMagic.size());
  if (version == kVersion) return ok();
  return unsupported(fmt::format("{} has format version {}, known is {}", path, version, kVersion))
      .hint("it was written by a newer weir");
}

}  // namespace

void OffsetEntry::encode(ByteWriter& out) const {
  const size_t at = out.size();
  out.le(uint32_t{0});
  out.le(uint32_t{0});
  const Kind kind = !topic.has_value()       ? Kind::kForgetGroup
                    : !committed.has_value() ? Kind::kForgetPartition
                                             : Kind::kCommit;
  out.le(static_cast<uint8_t>(kind));
  put_text(out, group);
  if (topic.has_value()) {
    put_text(out, *topic);
    out.zigzag(partition);
  }
  if (kind == Kind::kCommit) {
    out.zigzag(committed->offset);
    out.zigzag(committed->leader_epoch);
    put_text(out, committed->metadata);
    out.zigzag(committed->commit_time_ms);
  }
  const auto payload = out.view().subspan(at + kEntryHeaderSize);
  WEIR_CHECK(payload.size() <= kMaxEntrySize, "handlers limit names and metadata");
  const uint32_t crc = crc32c(payload);
  out.patch_le(at, static_cast<uint32_t>(payload.size()));
  out.patch_le(at + 4, crc);
}

OffsetLog::OffsetLog(const Context& context, OffsetLogOptions options,
                     std::function<void(ByteWriter&)> snapshot)
    : context_(context),
      options_(std::move(options)),
      path_(join_path(options_.dir, "offsets.log")),
      snapshot_(std::move(snapshot)) {}

Result<std::unique_ptr<OffsetLog>> OffsetLog::open(const Context& context, OffsetLogOptions options,
                                                   const std::function<void(OffsetEntry)>& replay,
                                                   std::function<void(ByteWriter&)> snapshot) {
  std::unique_ptr<OffsetLog> log(new OffsetLog(context, std::move(options), std::move(snapshot)));
  WEIR_TRY(log->recover(replay));
  if (log->options_.background) {
    log->thread_ = Thread("group-offsets", [raw = log.get()] { raw->run(); });
  }
  return log;
}

OffsetLog::~OffsetLog() { stop(); }

Status OffsetLog::recover(const std::function<void(OffsetEntry)>& replay) {
  Env& env = context_.env;
  WEIR_TRY(env.make_dirs(options_.dir));
  std::string content;
  if (env.exists(path_)) content = WEIR_TRY(read_file(env, path_, kMaxFileSize));
  if (content.size() < kFileHeaderSize) {
    // Made atomically, so a short one is not ours; an empty one may be a crash of another's making.
    if (!content.empty()) return corrupt(fmt::format("{} is cut off", path_));
    WEIR_TRY(write_file_atomic(env, path_, file_header()));
    content = file_header();
  }
  WEIR_TRY(check_file_header(path_, content));
  const auto bytes = std::as_bytes(std::span(content));
  size_t at = kFileHeaderSize;
  while (bytes.size() - at >= kEntryHeaderSize) {
    const auto size = load_le<uint32_t>(bytes.data() + at);
    const auto crc = load_le<uint32_t>(bytes.data() + at + 4);
    if (size > kMaxEntrySize || size > bytes.size() - at - kEntryHeaderSize) break;
    const auto payload = bytes.subspan(at + kEntryHeaderSize, size);
    if (crc32c(payload) != crc) break;
    auto entry = decode(payload);
    if (!entry.has_value()) return corrupt(fmt::format("{} at byte {}: unknown entry", path_, at));
    replay(std::move(*entry));
    at += kEntryHeaderSize + size;
  }
  if (at < bytes.size()) {
    context_.log.warning("groups", "cut a torn tail off the committed offsets",
                         {{"file", path_}, {"at", at}, {"bytes", bytes.size() - at}});
    WEIR_TRY(env.truncate(path_, at));
  }
  file_ = WEIR_TRY(env.open_append(path_));
  good_size_ = at;
  rewritten_size_ = at;
  return ok();
}

void OffsetLog::append(std::span<const std::byte> entries, Done done) {
  bool stopped;
  {
    const std::lock_guard lock(mutex_);
    stopped = stopping_;
    if (!stopped) {
      gathered_.bytes(entries);
      gathered_done_.push_back(std::move(done));
    }
  }
  if (stopped) return done(cancelled("the broker is stopping"));
  wake_.notify_one();
}

void OffsetLog::flush() {
  WEIR_CHECK(!options_.background, "the thread writes");
  write_gathered();
}

void OffsetLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  while (write_gathered()) {
  }
}

void OffsetLog::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !gathered_done_.empty(); });
      if (stopping_ && gathered_done_.empty()) return;
    }
    write_gathered();
  }
}

bool OffsetLog::write_gathered() {
  ByteWriter bytes;
  std::vector<Done> done;
  {
    const std::lock_guard lock(mutex_);
    std::swap(bytes, gathered_);
    std::swap(done, gathered_done_);
  }
  if (done.empty()) return false;
  const Status status = write(bytes.view());
  if (!status.has_value()) {
    context_.log.error("groups", "committed offsets could not be written",
                       {{"file", path_}, {"error", status.error().message()}});
  }
  for (const Done& each : done) each(status);
  if (status.has_value() && good_size_ >= options_.min_rewrite_bytes &&
      good_size_ / kGrowth >= rewritten_size_) {
    rewritten_size_ = good_size_;  // after a failure not again at once
    if (const Status rewritten = rewrite(); !rewritten.has_value()) {
      context_.log.error("groups", "committed offsets could not be rewritten",
                         {{"file", path_}, {"error", rewritten.error().message()}});
    }
  }
  return true;
}

Status OffsetLog::reopen_if_failed() {
  if (!failed_) return ok();
  file_.reset();
  WEIR_TRY(context_.env.truncate(path_, good_size_));
  file_ = WEIR_TRY(context_.env.open_append(path_));
  failed_ = false;
  return ok();
}

Status OffsetLog::write(std::span<const std::byte> bytes) {
  WEIR_TRY(reopen_if_failed());
  failed_ = true;
  WEIR_TRY(file_->append(bytes));
  if (options_.fsync) WEIR_TRY(file_->sync());
  failed_ = false;
  good_size_ += bytes.size();
  return ok();
}

Status OffsetLog::rewrite() {
  ByteWriter entries;
  entries.text(file_header());
  snapshot_(entries);
  const auto view = entries.view();
  const Status written = write_file_atomic(
      context_.env, path_, {reinterpret_cast<const char*>(view.data()), view.size()});
  // Whether it failed before or after the rename: what lies there now is whole, and the open handle
  // may be of the old file.
  failed_ = true;
  const auto file = WEIR_TRY(context_.env.open_random(path_));
  good_size_ = WEIR_TRY(file->size());
  rewritten_size_ = good_size_;
  WEIR_TRY(reopen_if_failed());
  return written;
}

}  // namespace weir::broker
