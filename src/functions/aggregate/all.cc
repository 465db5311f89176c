// All aggregates, a line a family.
#include <algorithm>

#include "functions/aggregate/families.h"

namespace weir::functions {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace

std::span<const AggregateFunction* const> all_aggregates() {
  static const std::vector<const AggregateFunction*> all = [] {
    std::vector<const AggregateFunction*> functions;
    for (const auto& family : {
             count_aggregates(),
             sum_aggregates(),
             extreme_aggregates(),
         }) {
      for (const auto& function : family) functions.push_back(&function);
    }
    return functions;
  }();
  return all;
}

const AggregateFunction* find_aggregate(std::string_view name) {
  for (const AggregateFunction* function : all_aggregates()) {
    if (same_name(function->name, name)) return function;
  }
  return nullptr;
}

}  // namespace weir::functions
