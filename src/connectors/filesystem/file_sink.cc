#include "connectors/filesystem/file_sink.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <optional>

#include "base/env.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/sink_format.h"
#include "connectors/table_options.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr size_t kWriteBytes = size_t{256} << 10U;
// Stands in the name of a file that is being written; epochs count from 1.
constexpr int64_t kOpenEpoch = 0;

// Sinks are told apart by a short hash: a sink's id may be long and hold any character.
std::string sink_tag(const std::string& sink_id) {
  return fmt::format("{:016x}", XXH3_64bits(sink_id.data(), sink_id.size()));
}

std::string part_name(const std::string& run_id, uint32_t lane, uint64_t epoch) {
  return fmt::format("part-{}-{}-{}", run_id, lane, epoch);
}

std::string hidden_name(const std::string& part, const std::string& tag) {
  return fmt::format(".{}.{}.inprogress", part, tag);
}

// The part that a hidden file of that sink will be, or nothing.
std::optional<std::string_view> part_of_hidden(std::string_view name, const std::string& tag) {
  const std::string suffix = fmt::format(".{}.inprogress", tag);
  if (!name.starts_with(".part-") || !name.ends_with(suffix)) return std::nullopt;
  return name.substr(1, name.size() - 1 - suffix.size());
}

class FileWriter final : public exec::SinkWriter {
 public:
  FileWriter(BatchEncoder encoder, std::string folder, const exec::SinkContext& context)
      : encoder_(std::move(encoder)),
        folder_(std::move(folder)),
        env_(context.context.env),
        tag_(sink_tag(context.sink_id)),
        run_id_(context.run_id),
        lane_(context.lane) {}

  Status write(types::BatchRef batch) override {
    const auto* encoded = WEIR_TRY(encoder_.encode(*batch));
    for (size_t at = 0; at < encoded->count(); ++at) {
      pending_.append(encoded->record(at)).append("\n");
    }
    rows_ += encoded->count();
    return pending_.size() < kWriteBytes ? ok() : flush();
  }

  // The epoch is not known while its rows are written: the hidden file gets its name here.
  Result<exec::StagedOutput> prepare(uint64_t epoch) override {
    exec::StagedOutput staged;
    if (rows_ == 0) return staged;
    WEIR_TRY(flush());
    file_.reset();
    const std::string part = part_name(run_id_, lane_, epoch);
    const std::string hidden = join_path(folder_, hidden_name(part, tag_));
    WEIR_TRY(env_.rename(open_path(), hidden));
    staged.handle = part;
    staged.sync_files.push_back(hidden);
    staged.sync_dirs.push_back(folder_);
    staged.rows = rows_;
    rows_ = 0;
    return staged;
  }

 private:
  [[nodiscard]] std::string open_path() const {
    return join_path(folder_, hidden_name(part_name(run_id_, lane_, kOpenEpoch), tag_));
  }
  Status flush() {
    if (pending_.empty()) return ok();
    if (!file_) {
      // Of a run that died, perhaps.
      if (env_.exists(open_path())) WEIR_TRY(env_.remove_file(open_path()));
      file_ = WEIR_TRY(env_.open_append(open_path()));
    }
    WEIR_TRY(file_->append(std::as_bytes(std::span(pending_))));
    pending_.clear();
    return ok();
  }

  BatchEncoder encoder_;
  std::string folder_;
  Env& env_;
  std::string tag_;
  std::string run_id_;
  uint32_t lane_;
  std::unique_ptr<AppendFile> file_;
  std::string pending_;
  uint64_t rows_ = 0;  // since the last prepare()
};

class FileCommitter final : public exec::SinkCommitter {
 public:
  FileCommitter(Env& env, std::string folder, std::string tag)
      : env_(env), folder_(std::move(folder)), tag_(std::move(tag)) {}

  // At a fresh start nothing that is hidden counts. After a restore, what the restored run staged
  // behind its last checkpoint does not; hidden files of other runs may still be delivered.
  Status recover(const std::string& run_id, uint64_t first_epoch) override {
    for (const auto& entry : WEIR_TRY(env_.list(folder_))) {
      const auto part = part_of_hidden(entry.name, tag_);
      if (!part.has_value()) continue;
      const auto epoch = types::parse_integer(part->substr(part->rfind('-') + 1)).value_or(0);
      const bool never_durable = part->starts_with(fmt::format("part-{}-", run_id)) &&
                                 static_cast<uint64_t>(epoch) >= first_epoch;
      if (run_id.empty() || epoch == kOpenEpoch || never_durable) {
        WEIR_TRY(env_.remove_file(join_path(folder_, entry.name)));
      }
    }
    return ok();
  }

  Status deliver(const exec::Delivery& delivery) override {
    for (const auto& part : delivery.parts) {
      const std::string hidden = join_path(folder_, hidden_name(part.handle, tag_));
      const std::string final_path = join_path(folder_, part.handle);
      if (env_.exists(hidden)) {
        WEIR_TRY(env_.rename(hidden, final_path));
      } else if (!env_.exists(final_path)) {
        return corrupt(fmt::format("the staged file {} is gone before it was delivered", hidden));
      }
    }
    return delivery.parts.empty() ? ok() : env_.sync_dir(folder_);
  }

 private:
  Env& env_;
  std::string folder_;
  std::string tag_;
};

class FileSink final : public exec::Sink {
 public:
  FileSink(SinkFormat format, std::string folder)
      : format_(std::move(format)), folder_(std::move(folder)) {}

  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override {
    return exec::DeliveryGuarantee::kExactlyOnce;
  }
  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext& context) override {
    WEIR_TRY(context.context.env.make_dirs(folder_));
    return std::unique_ptr<exec::SinkWriter>(
        std::make_unique<FileWriter>(WEIR_TRY(format_.make_encoder()), folder_, context));
  }
  Result<std::unique_ptr<exec::SinkCommitter>> make_committer(
      const exec::CommitterContext& context) override {
    WEIR_TRY(context.context.env.make_dirs(folder_));
    return std::unique_ptr<exec::SinkCommitter>(
        std::make_unique<FileCommitter>(context.context.env, folder_, sink_tag(context.sink_id)));
  }

 private:
  SinkFormat format_;
  std::string folder_;
};

}  // namespace

Result<std::unique_ptr<exec::Sink>> make_file_sink(const SinkRequest& request) {
  const sql::Table& table = *request.sink.table;
  const TableOptions options(table, request.info);
  if (!table.partition_keys.empty()) {
    return unsupported("the filesystem sink does not write PARTITIONED BY tables yet");
  }
  auto path = local_path(WEIR_TRY(options.required("path")));
  if (!path.has_value()) return options.bad("path", path.error().message());
  return std::unique_ptr<exec::Sink>(
      std::make_unique<FileSink>(WEIR_TRY(SinkFormat::make(request, options)), std::move(*path)));
}

}  // namespace weir::connectors
