#include "exec/values_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "types/builder.h"
#include "types/selection.h"

namespace weir::exec {
namespace {

class ValuesReader final : public SplitReader {
 public:
  ValuesReader(const plan::ValuesNode& values, const types::Schema& schema, uint32_t split,
               size_t next)
      : values_(values), schema_(schema), split_(split), next_(next) {}

  Result<Poll> poll(uint32_t max_rows) override {
    Poll poll;
    const auto count =
        static_cast<uint32_t>(std::min<size_t>(max_rows, values_.rows.size() - next_));
    if (count > 0) poll.batch = read(count);
    poll.at_end = poll.finished = next_ == values_.rows.size();
    return poll;
  }
  [[nodiscard]] std::string position() const override { return std::to_string(next_); }
  [[nodiscard]] int64_t lag() const override {
    return static_cast<int64_t>(values_.rows.size() - next_);
  }

 private:
  types::BatchRef read(uint32_t count) {
    types::Batch::Parts parts;
    parts.rows = count;
    for (size_t column = 0; column < schema_.size(); ++column) {
      std::vector<types::ColumnRef> singles;
      for (uint32_t row = 0; row < count; ++row) {
        singles.push_back(
            types::make_constant(schema_[column].type, values_.rows[next_ + row][column], 1));
      }
      parts.columns.push_back(types::concat(singles));
    }
    auto origin = std::make_shared<types::Origin>();
    origin->split = split_;
    auto offsets = Buffer::allocate(count * sizeof(int64_t));
    for (uint32_t row = 0; row < count; ++row) {
      offsets->mutable_as<int64_t>()[row] = static_cast<int64_t>(next_ + row);
    }
    origin->offsets = std::move(offsets);
    parts.origin = std::move(origin);
    next_ += count;
    return types::Batch::make(std::move(parts));
  }

  const plan::ValuesNode& values_;
  const types::Schema& schema_;
  uint32_t split_;
  size_t next_;
};

}  // namespace

SourceTraits ValuesSource::traits() const {
  SourceTraits traits;
  traits.bounded = true;
  return traits;
}

Result<std::vector<SplitInfo>> ValuesSource::discover() {
  SplitInfo split;
  split.id = "values";
  return std::vector<SplitInfo>{split};
}

Result<std::unique_ptr<SplitReader>> ValuesSource::open(const SplitInfo& split,
                                                        const ReaderStart& start,
                                                        ReaderContext& context) {
  (void)context;
  size_t next = 0;
  if (start.kind == ReaderStart::Kind::kResume) {
    const char* end = start.position.data() + start.position.size();
    const auto [stop, code] = std::from_chars(start.position.data(), end, next);
    if (code != std::errc() || stop != end || next > values_.rows.size()) {
      return corrupt(fmt::format("'{}' is not a position in VALUES", start.position));
    }
  }
  return std::unique_ptr<SplitReader>(
      std::make_unique<ValuesReader>(values_, schema_, split.number, next));
}

}  // namespace weir::exec
