// The wire encoding that all Kafka messages share: what the generated codec calls.
//
// Source: the Kafka protocol guide and KIP-482. Integers are big-endian. Before a message's first
// flexible version strings have int16 lengths and arrays and bytes int32 lengths, -1 meaning null;
// from it on lengths are unsigned varints of length + 1 (0 meaning null), and every struct ends in
// tagged fields. Unknown tags are skipped.
// Reading never believes a length: an array's count is checked against the bytes left (each element
// takes at least kMinWireSize) and against kMaxElements for the whole message, so that a small
// frame cannot ask for much memory. The first failure sticks and ends all loops. One thread; no
// I/O.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "kafka/api_error.h"
#include "kafka/uuid.h"

namespace weir::kafka {

// Kafka's own limit on strings, in all encodings.
inline constexpr size_t kMaxStringSize = 32767;
// Array elements in one message, all arrays together.
inline constexpr int64_t kMaxElements = 1'000'000;
inline constexpr uint64_t kMaxTags = 64;

struct ApiInfo {
  int16_t key;
  std::string_view name;
  int16_t min_version;
  int16_t max_version;
  int16_t flexible_from;
  int16_t advertised_min;  // what ApiVersions says; below min_version only for the sake of clients
};

// Record batches inside a message: a view of somebody else's bytes, never copied by decode.
struct Records {
  std::span<const std::byte> bytes;

  [[nodiscard]] bool empty() const { return bytes.empty(); }
  bool operator==(const Records& other) const { return std::ranges::equal(bytes, other.bytes); }
};

// Records that encode left out: they belong at `position` of what was written (counted without any
// slot), in ascending order. The frame's length is that of all parts together.
struct RecordSlot {
  size_t position;
  std::span<const std::byte> bytes;
};
using RecordSlots = std::vector<RecordSlot>;

class WireWriter {
 public:
  WireWriter(ByteWriter& out, int16_t version, bool flexible, RecordSlots* slots)
      : out_(out), version_(version), flexible_(flexible), slots_(slots) {}

  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool flexible() const { return flexible_; }

  void put(bool value) { out_.be(static_cast<int8_t>(value)); }
  void put(int8_t value) { out_.be(value); }
  void put(int16_t value) { out_.be(value); }
  void put(int32_t value) { out_.be(value); }
  void put(int64_t value) { out_.be(value); }
  void put(ApiError value) { out_.be(static_cast<int16_t>(value)); }
  void put(const Uuid& value) { out_.bytes(value.bytes()); }
  // Cut to kMaxStringSize: only messages for people can be longer.
  void put(const std::string& value);
  void put(const Records& value);
  void put_bytes(const std::string& value);

  // Null is written as empty in a version that has no null.
  void put_nullable(const std::optional<std::string>& value, bool nullable);
  void put_nullable(const std::optional<Records>& value, bool nullable);
  void put_bytes_nullable(const std::optional<std::string>& value, bool nullable);

  template <typename T>
  void put_array(const std::vector<T>& values) {
    length(values.size());
    for (const T& value : values) element(value);
  }
  template <typename T>
  void put_array_nullable(const std::optional<std::vector<T>>& values, bool nullable) {
    if (values.has_value()) return put_array(*values);
    nullable ? null_length() : length(0);
  }

  void no_tags() {
    if (flexible_) out_.varint(0);
  }
  void tag_count(int count) { out_.varint(static_cast<uint64_t>(count)); }
  template <typename Body>
  void tagged(uint64_t tag, Body&& body) {
    ByteWriter bytes;
    WireWriter inner(bytes, version_, flexible_, nullptr);
    body(inner);
    out_.varint(tag);
    out_.varint(bytes.size());
    out_.bytes(bytes.view());
  }

 private:
  template <typename T>
  void element(const T& value) {
    if constexpr (requires { value.write(*this); }) {
      value.write(*this);
    } else {
      put(value);
    }
  }
  void length(size_t size);  // of arrays, bytes and records
  void null_length();

  ByteWriter& out_;
  int16_t version_;
  bool flexible_;
  RecordSlots* slots_;
};

class WireReader {
 public:
  WireReader(ByteReader& in, int16_t version, bool flexible)
      : in_(in), version_(version), flexible_(flexible) {}

  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool flexible() const { return flexible_; }
  [[nodiscard]] bool ok() const { return in_.ok(); }

  void get(bool& value) { value = in_.be<int8_t>() != 0; }
  void get(int8_t& value) { value = in_.be<int8_t>(); }
  void get(int16_t& value) { value = in_.be<int16_t>(); }
  void get(int32_t& value) { value = in_.be<int32_t>(); }
  void get(int64_t& value) { value = in_.be<int64_t>(); }
  void get(ApiError& value) { value = static_cast<ApiError>(in_.be<int16_t>()); }
  void get(Uuid& value);
  void get(std::string& value);
  void get(Records& value);
  void get_bytes(std::string& value);

  // Null in a version that has no null is malformed.
  void get_nullable(std::optional<std::string>& value, bool nullable);
  void get_nullable(std::optional<Records>& value, bool nullable);
  void get_bytes_nullable(std::optional<std::string>& value, bool nullable);

  template <typename T>
  void get_array(std::vector<T>& values) {
    elements(values, length());
  }
  template <typename T>
  void get_array_nullable(std::optional<std::vector<T>>& values, bool nullable) {
    const int64_t count = length();
    if (count == -1 && nullable && in_.ok()) {
      values.reset();
    } else {
      elements(values.emplace(), count);
    }
  }

  void skip_tags() {
    if (flexible_) tags([](uint64_t) { return false; });
  }
  // Calls read_tag(tag) for each tagged field: it reads exactly that field, or returns false
  // without reading, and the field is skipped.
  template <typename ReadTag>
  void tags(ReadTag&& read_tag) {
    if (!flexible_) return;
    const uint64_t count = in_.varint();
    if (count > kMaxTags) in_.fail();
    for (uint64_t i = 0; i < count && in_.ok(); ++i) {
      const uint64_t tag = in_.varint();
      const uint64_t size = in_.varint();
      if (size > in_.remaining()) return in_.fail();
      const size_t end = in_.position() + size;
      if (!read_tag(tag)) {
        in_.skip(size);
      } else if (in_.position() != end) {
        in_.fail();
      }
    }
  }

 private:
  template <typename T>
  static consteval size_t element_size() {
    if constexpr (requires { T::kMinWireSize; }) {
      return T::kMinWireSize;
    } else {
      return std::is_same_v<T, std::string> ? 1 : sizeof(T);
    }
  }
  template <typename T>
  void elements(std::vector<T>& values, int64_t count) {
    values.clear();
    elements_ += count;
    if (count < 0 || elements_ > kMaxElements ||
        static_cast<uint64_t>(count) * element_size<T>() > in_.remaining()) {
      return in_.fail();
    }
    values.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count && in_.ok(); ++i) {
      T& value = values.emplace_back();
      if constexpr (requires { value.read(*this); }) {
        value.read(*this);
      } else {
        get(value);
      }
    }
  }
  int64_t length();  // of arrays, bytes and records; -1: null
  int64_t string_length();
  void text(std::string& value, int64_t size);

  ByteReader& in_;
  int64_t elements_ = 0;
  int16_t version_;
  bool flexible_;
};

}  // namespace weir::kafka
