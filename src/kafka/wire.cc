#include "kafka/wire.h"

#include <algorithm>

namespace weir::kafka {

void WireWriter::length(size_t size) {
  if (flexible_) {
    out_.varint(size + 1);
  } else {
    out_.be(static_cast<int32_t>(size));
  }
}

void WireWriter::null_length() {
  if (flexible_) {
    out_.varint(0);
  } else {
    out_.be(int32_t{-1});
  }
}

void WireWriter::put(const std::string& value) {
  const size_t size = std::min(value.size(), kMaxStringSize);
  if (flexible_) {
    out_.varint(size + 1);
  } else {
    out_.be(static_cast<int16_t>(size));
  }
  out_.text(std::string_view(value).substr(0, size));
}

void WireWriter::put(const Records& value) {
  length(value.bytes.size());
  if (slots_ == nullptr) {
    out_.bytes(value.bytes);
  } else if (!value.bytes.empty()) {
    slots_->push_back({out_.size(), value.bytes});
  }
}

void WireWriter::put_bytes(const std::string& value) {
  length(value.size());
  out_.text(value);
}

void WireWriter::put_nullable(const std::optional<std::string>& value, bool nullable) {
  if (value.has_value()) return put(*value);
  if (!nullable) return put(std::string());
  if (flexible_) {
    out_.varint(0);
  } else {
    out_.be(int16_t{-1});
  }
}

void WireWriter::put_nullable(const std::optional<Records>& value, bool nullable) {
  if (value.has_value()) return put(*value);
  nullable ? null_length() : length(0);
}

void WireWriter::put_bytes_nullable(const std::optional<std::string>& value, bool nullable) {
  if (value.has_value()) return put_bytes(*value);
  nullable ? null_length() : length(0);
}

int64_t WireReader::length() {
  if (!flexible_) return in_.be<int32_t>();
  const uint64_t size = in_.varint();
  if (size > INT32_MAX) {
    in_.fail();
    return 0;
  }
  return static_cast<int64_t>(size) - 1;
}

int64_t WireReader::string_length() {
  const int64_t size = flexible_ ? length() : in_.be<int16_t>();
  if (size > static_cast<int64_t>(kMaxStringSize)) in_.fail();
  return size;
}

void WireReader::text(std::string& value, int64_t size) {
  if (size < 0) in_.fail();
  value.assign(in_.text(static_cast<uint64_t>(size)));
}

void WireReader::get(Uuid& value) {
  const auto bytes = in_.bytes(Uuid::kSize);
  if (in_.ok()) value = Uuid(bytes.first<Uuid::kSize>());
}

void WireReader::get(std::string& value) { text(value, string_length()); }

void WireReader::get_bytes(std::string& value) { text(value, length()); }

void WireReader::get(Records& value) {
  const int64_t size = length();
  if (size < 0) in_.fail();
  value.bytes = in_.bytes(static_cast<uint64_t>(size));
}

void WireReader::get_nullable(std::optional<std::string>& value, bool nullable) {
  const int64_t size = string_length();
  if (size == -1 && nullable && in_.ok()) return value.reset();
  text(value.emplace(), size);
}

void WireReader::get_nullable(std::optional<Records>& value, bool nullable) {
  const int64_t size = length();
  if (size == -1 && nullable && in_.ok()) return value.reset();
  if (size < 0) in_.fail();
  value = Records{in_.bytes(static_cast<uint64_t>(size))};
}

void WireReader::get_bytes_nullable(std::optional<std::string>& value, bool nullable) {
  const int64_t size = length();
  if (size == -1 && nullable && in_.ok()) return value.reset();
  text(value.emplace(), size);
}

}  // namespace weir::kafka
