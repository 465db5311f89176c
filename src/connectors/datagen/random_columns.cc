#include "connectors/datagen/random_columns.h"

#include <algorithm>

namespace weir::connectors {

namespace {

using types::Column;
using types::ColumnRef;
using types::LogicalType;
using types::StringRef;

// One value a row, from a function of the row number.
template <typename T, typename Make>
ColumnRef fixed_column(const LogicalType& type, std::span<const int64_t> rows, Make&& make) {
  auto values = Buffer::allocate(std::max<size_t>(rows.size(), 1) * sizeof(T));
  T* out = values->mutable_as<T>();
  for (size_t at = 0; at < rows.size(); ++at) out[at] = make(rows[at]);
  Column::Parts parts;
  parts.type = type;
  parts.length = static_cast<uint32_t>(rows.size());
  parts.values = std::move(values);
  return Column::make(std::move(parts));
}

template <typename T>
class Integers final : public ColumnGenerator {
 public:
  Integers(LogicalType type, Draws draws, int64_t low, int64_t high)
      : type_(std::move(type)), draws_(draws), low_(low), high_(high) {}
  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    return fixed_column<T>(
        type_, rows, [&](int64_t row) { return static_cast<T>(draws_.between(row, low_, high_)); });
  }

 private:
  LogicalType type_;
  Draws draws_;
  int64_t low_;
  int64_t high_;
};

template <typename T>
class Reals final : public ColumnGenerator {
 public:
  Reals(LogicalType type, Draws draws, double low, double high)
      : type_(std::move(type)), draws_(draws), low_(low), high_(high) {}
  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    // Two products instead of high - low, which overflows over the whole range of DOUBLE.
    return fixed_column<T>(type_, rows, [&](int64_t row) {
      const double share = draws_.real(row);
      return static_cast<T>(low_ * (1.0 - share) + high_ * share);
    });
  }

 private:
  LogicalType type_;
  Draws draws_;
  double low_;
  double high_;
};

class Decimals final : public ColumnGenerator {
 public:
  Decimals(LogicalType type, Draws draws, types::int128_t low, types::int128_t high)
      : type_(std::move(type)), draws_(draws), low_(low), high_(high) {}
  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    const auto width = static_cast<types::uint128_t>(high_ - low_) + 1;
    return fixed_column<types::int128_t>(type_, rows, [&](int64_t row) {
      const auto wide = static_cast<types::uint128_t>(draws_.word(row, 0)) << 64U |
                        static_cast<types::uint128_t>(draws_.word(row, 1));
      return low_ + static_cast<types::int128_t>(wide % width);
    });
  }

 private:
  LogicalType type_;
  Draws draws_;
  types::int128_t low_;
  types::int128_t high_;
};

class Booleans final : public ColumnGenerator {
 public:
  Booleans(LogicalType type, Draws draws) : type_(std::move(type)), draws_(draws) {}
  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    return fixed_column<uint8_t>(
        type_, rows, [&](int64_t row) { return static_cast<uint8_t>(draws_.word(row) >> 63U); });
  }

 private:
  LogicalType type_;
  Draws draws_;
};

class Text final : public ColumnGenerator {
 public:
  Text(LogicalType type, Draws draws, uint32_t length, bool varying)
      : type_(std::move(type)), draws_(draws), length_(length), varying_(varying) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    const size_t count = rows.size();
    auto bytes = Buffer::allocate(std::max<size_t>(count * length_, 1));
    auto views = Buffer::allocate(std::max<size_t>(count, 1) * sizeof(StringRef));
    auto* out = views->mutable_as<StringRef>();
    char* cursor = bytes->mutable_as<char>();
    for (size_t at = 0; at < count; ++at) {
      const uint32_t length = length_of(rows[at]);
      if (type_.is_binary()) {
        fill_bytes(rows[at], cursor, length);
      } else {
        fill_digits(rows[at], cursor, length);
      }
      out[at] = StringRef(cursor, length);
      cursor += length;
    }
    Column::Parts parts;
    parts.type = type_;
    parts.length = static_cast<uint32_t>(count);
    parts.values = std::move(views);
    parts.pinned.push_back(std::move(bytes));
    return Column::make(std::move(parts));
  }

 private:
  // Words from here on decide the length, those before it the content.
  static constexpr uint64_t kLengthIndex = 1ULL << 40U;

  [[nodiscard]] uint32_t length_of(int64_t row) const {
    if (!varying_ || length_ == 0) return length_;
    return 1 + static_cast<uint32_t>(draws_.below(row, length_, kLengthIndex));
  }
  void fill_digits(int64_t row, char* out, uint32_t length) const {
    constexpr uint32_t kPerWord = 16;
    for (uint32_t at = 0; at < length; at += kPerWord) {
      uint64_t word = draws_.word(row, at / kPerWord);
      const uint32_t end = std::min(length - at, kPerWord);
      for (uint32_t digit = 0; digit < end; ++digit, word >>= 4U) {
        out[at + digit] = "0123456789abcdef"[word & 15U];
      }
    }
  }
  void fill_bytes(int64_t row, char* out, uint32_t length) const {
    for (uint32_t at = 0; at < length; at += sizeof(uint64_t)) {
      const uint64_t word = draws_.word(row, at / sizeof(uint64_t));
      std::memcpy(out + at, &word, std::min<size_t>(length - at, sizeof(word)));
    }
  }

  LogicalType type_;
  Draws draws_;
  uint32_t length_;
  bool varying_;
};

class PastTimes final : public ColumnGenerator {
 public:
  PastTimes(LogicalType type, Draws draws, int64_t max_past_ms)
      : type_(std::move(type)), draws_(draws), max_past_ms_(max_past_ms) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t now_ms) const override {
    constexpr int64_t kDayMs = 86'400'000;
    if (type_.kind() == types::TypeKind::kDate) {
      return fixed_column<int32_t>(type_, rows,
                                   [&](int64_t) { return static_cast<int32_t>(now_ms / kDayMs); });
    }
    if (type_.kind() == types::TypeKind::kTime) {
      return fixed_column<int32_t>(type_, rows,
                                   [&](int64_t) { return static_cast<int32_t>(now_ms % kDayMs); });
    }
    const int64_t units_per_ms = type_.units_per_second() / 1000;
    return fixed_column<int64_t>(type_, rows, [&](int64_t row) {
      const int64_t past = max_past_ms_ == 0 ? 0 : draws_.between(row, 0, max_past_ms_);
      return (now_ms - past) * units_per_ms;
    });
  }

 private:
  LogicalType type_;
  Draws draws_;
  int64_t max_past_ms_;
};

class Lists final : public ColumnGenerator {
 public:
  Lists(LogicalType type, std::vector<GeneratorRef> children, uint32_t length)
      : type_(std::move(type)), children_(std::move(children)), length_(length) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t now_ms) const override {
    std::vector<int64_t> entries(rows.size() * length_);
    auto offsets = Buffer::allocate((rows.size() + 1) * sizeof(int32_t));
    auto* out = offsets->mutable_as<int32_t>();
    for (size_t at = 0; at <= rows.size(); ++at) out[at] = static_cast<int32_t>(at * length_);
    for (size_t at = 0; at < entries.size(); ++at) {
      entries[at] = rows[at / length_] * length_ + static_cast<int64_t>(at % length_);
    }
    Column::Parts parts;
    parts.type = type_;
    parts.length = static_cast<uint32_t>(rows.size());
    parts.values = std::move(offsets);
    for (const auto& child : children_) parts.children.push_back(child->generate(entries, now_ms));
    return Column::make(std::move(parts));
  }

 private:
  LogicalType type_;
  std::vector<GeneratorRef> children_;
  uint32_t length_;
};

class Rows final : public ColumnGenerator {
 public:
  Rows(LogicalType type, std::vector<GeneratorRef> fields)
      : type_(std::move(type)), fields_(std::move(fields)) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t now_ms) const override {
    Column::Parts parts;
    parts.type = type_;
    parts.length = static_cast<uint32_t>(rows.size());
    for (const auto& field : fields_) parts.children.push_back(field->generate(rows, now_ms));
    return Column::make(std::move(parts));
  }

 private:
  LogicalType type_;
  std::vector<GeneratorRef> fields_;
};

class Nulls final : public ColumnGenerator {
 public:
  Nulls(GeneratorRef values, Draws draws, double rate)
      : values_(std::move(values)), draws_(draws), rate_(rate) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t now_ms) const override {
    Column::Parts parts = values_->generate(rows, now_ms)->parts();
    auto validity = Buffer::allocate(std::max<size_t>(types::bitmap_bytes(rows.size()), 1));
    auto* bits = validity->mutable_as<uint8_t>();
    std::memset(bits, 0, validity->size());
    for (size_t at = 0; at < rows.size(); ++at) {
      if (draws_.real(rows[at]) >= rate_) types::set_bit(bits, at);
    }
    parts.validity = std::move(validity);
    return Column::make(std::move(parts));
  }

 private:
  GeneratorRef values_;
  Draws draws_;
  double rate_;
};

}  // namespace

GeneratorRef random_integers(LogicalType type, Draws draws, int64_t low, int64_t high) {
  switch (types::physical_width(type.physical())) {
    case 1: return std::make_unique<Integers<int8_t>>(std::move(type), draws, low, high);
    case 2: return std::make_unique<Integers<int16_t>>(std::move(type), draws, low, high);
    case 4: return std::make_unique<Integers<int32_t>>(std::move(type), draws, low, high);
    default: return std::make_unique<Integers<int64_t>>(std::move(type), draws, low, high);
  }
}

GeneratorRef random_reals(LogicalType type, Draws draws, double low, double high) {
  if (type.physical() == types::Physical::kFloat32) {
    return std::make_unique<Reals<float>>(std::move(type), draws, low, high);
  }
  return std::make_unique<Reals<double>>(std::move(type), draws, low, high);
}

GeneratorRef random_decimals(LogicalType type, Draws draws, types::int128_t low,
                             types::int128_t high) {
  return std::make_unique<Decimals>(std::move(type), draws, low, high);
}

GeneratorRef random_booleans(LogicalType type, Draws draws) {
  return std::make_unique<Booleans>(std::move(type), draws);
}

GeneratorRef random_text(LogicalType type, Draws draws, uint32_t length, bool varying) {
  return std::make_unique<Text>(std::move(type), draws, length, varying);
}

GeneratorRef past_times(LogicalType type, Draws draws, int64_t max_past_ms) {
  return std::make_unique<PastTimes>(std::move(type), draws, max_past_ms);
}

GeneratorRef random_lists(LogicalType type, std::vector<GeneratorRef> children, uint32_t length) {
  return std::make_unique<Lists>(std::move(type), std::move(children), length);
}

GeneratorRef random_rows(LogicalType type, std::vector<GeneratorRef> fields) {
  return std::make_unique<Rows>(std::move(type), std::move(fields));
}

GeneratorRef with_nulls(GeneratorRef values, Draws draws, double rate) {
  return std::make_unique<Nulls>(std::move(values), draws, rate);
}

}  // namespace weir::connectors
