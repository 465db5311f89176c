// All scalar functions, a line a family.
#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "functions/families.h"

namespace weir::functions {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::vector<const Function*> collect() {
  std::vector<const Function*> all;
  for (const auto& family : {
           comparison_functions(),
           logical_functions(),
           arithmetic_functions(),
           string_functions(),
           datetime_functions(),
           time_part_functions(),
           math_functions(),
           pattern_functions(),
           hash_functions(),
       }) {
    for (const auto& function : family) all.push_back(&function);
  }
  return all;
}

}  // namespace

std::span<const Function* const> all_functions() {
  static const std::vector<const Function*> functions = collect();
  return functions;
}

const Function* find_function(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string, const Function*> index;
    for (const Function* function : all_functions()) index.emplace(function->name, function);
    return index;
  }();
  const auto found = by_name.find(upper(name));
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace weir::functions
