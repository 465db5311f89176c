// RowKind: what a row of a changelog does, in Flink's terms and Flink's numbers.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::types {

enum class RowKind : uint8_t {
  kInsert = 0,        // +I
  kUpdateBefore = 1,  // -U
  kUpdateAfter = 2,   // +U
  kDelete = 3,        // -D
};

[[nodiscard]] constexpr std::string_view row_kind_text(RowKind kind) {
  switch (kind) {
    case RowKind::kInsert: return "+I";
    case RowKind::kUpdateBefore: return "-U";
    case RowKind::kUpdateAfter: return "+U";
    case RowKind::kDelete: return "-D";
  }
  return "?";
}

}  // namespace weir::types
