// What aggregate kernels are written with: typed states and loops over rows that have a value.
//
// For functions/aggregate/ only. A State is trivially copyable, at most 16-byte aligned, and its
// bytes are stored, so unused ones are zero.
#pragma once

#include <cstring>

#include "functions/aggregate/aggregate.h"
#include "types/builder.h"

namespace weir::functions {

template <typename State>
State& state_at(std::byte* state) {
  return *reinterpret_cast<State*>(state);
}
template <typename State>
const State& state_at(const std::byte* state) {
  return *reinterpret_cast<const State*>(state);
}

template <typename State>
void init_state(std::byte* state) {
  std::memset(static_cast<void*>(state), 0, sizeof(State));
}

// body(state, row) for the selected rows whose input is not NULL; states[i] is that of selection
// row i.
template <typename State, typename Body>
void for_each_input(std::byte* const* states, uint32_t offset, const types::Column& input,
                    const types::Selection& selection, Body&& body) {
  uint32_t at = 0;
  if (!input.may_have_nulls()) {
    selection.for_each([&](uint32_t row) { body(state_at<State>(states[at++] + offset), row); });
    return;
  }
  selection.for_each([&](uint32_t row) {
    std::byte* state = states[at++] + offset;
    if (!input.is_null(row)) body(state_at<State>(state), row);
  });
}

// One value a state: body(state) gives an optional.
template <typename State, typename T, typename Body>
Result<types::ColumnRef> finish_states(std::span<const std::byte* const> states, uint32_t offset,
                                       const types::LogicalType& result, Body&& body) {
  const auto rows = static_cast<uint32_t>(states.size());
  types::Values<T> values(rows, types::Fill::kZero);
  types::ValidityBuilder validity(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (const auto value = body(state_at<State>(states[row] + offset))) {
      values[row] = static_cast<T>(*value);
    } else {
      validity.set_null(row);
    }
  }
  return types::finish_column(result, rows, std::move(values).take(), std::move(validity).take());
}

[[nodiscard]] inline Error no_such_aggregate(std::string_view name,
                                             std::span<const types::LogicalType> arguments) {
  std::string text;
  for (const auto& argument : arguments) {
    text += (text.empty() ? "" : ", ") + argument.to_summary();
  }
  return invalid(fmt::format("{} cannot take ({})", name, text));
}

}  // namespace weir::functions
