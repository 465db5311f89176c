// A scalar function: one row that the binder, SHOW FUNCTIONS, the docs and the example tests read,
// beside its kernels.
//
// Rows are constants that live for the whole program; a family file (functions/string.cc) defines
// its rows next to the kernels and functions/all.cc lists the families. Kernels are free functions
// without state: they are called once per batch and column, never per row, and from any thread.
//
// Contract of a kernel:
// - It fills the values of the selected rows; all others may stay as they are (initialised).
// - With NullRule::kPropagate it is never shown a NULL: the evaluator takes rows with a NULL
// argument
//   out of the selection and makes the result NULL there. With kCustom it sees and sets NULLs
//   itself.
//   A kernel may make further NULLs in its result.
// - A row that has no result (division by zero, a bad cast) is reported with RowErrors::add and
//   skipped; the row goes to the dead letters. An Error is returned only for what ends the job.
// - Arguments may be constant columns; take the choice per batch, not per row.
// - A unit or another keyword of SQL's special call syntax comes as a CHAR literal in front:
//   EXTRACT('HOUR', ts), FLOOR(ts, 'DAY'), TIMESTAMPDIFF('SECOND', a, b). TRIM(x FROM text) comes
//   as TRIM(text, x), POSITION(x IN text) as POSITION(x, text).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/batch.h"
#include "types/value.h"

namespace weir::functions {

// The rows of a batch whose expression failed; the first reason of a row wins.
class RowErrors {
 public:
  struct Entry {
    uint16_t row;
    std::string reason;
  };

  void add(uint32_t row, std::string reason) {
    entries_.push_back({static_cast<uint16_t>(row), std::move(reason)});
  }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  void clear() { entries_.clear(); }

 private:
  std::vector<Entry> entries_;
};

// What a kernel may ask for besides its arguments. One lane; set anew for every batch.
struct EvaluationContext {
  int64_t now_us = 0;                        // wall time, once a batch
  std::string_view time_zone;                // table.local-time-zone, an IANA name
  int64_t current_watermark_ms = INT64_MIN;  // INT64_MIN: none yet
  RowErrors* errors = nullptr;               // never null while a kernel runs
};

// What `prepare` made of constant arguments (a compiled pattern), shared by lanes; may be null.
using KernelState = std::shared_ptr<const void>;

struct KernelCall {
  std::span<const types::ColumnRef> arguments;
  const types::LogicalType& result_type;
  uint32_t rows;
  types::Selection selection;
  const void* state;
  EvaluationContext& context;
};

using Kernel = Result<types::ColumnRef> (*)(const KernelCall& call);
// One entry an argument: its value when it is a literal, else nullptr.
using Prepare = Result<KernelState> (*)(std::span<const types::Value* const> literals);

enum class NullRule : uint8_t {
  kPropagate,  // NULL in, NULL out
  kTotal,      // the same, but the kernel takes any value and never fails: the evaluator leaves
               // NULL rows in, which is faster than to take them out
  kCustom,     // the kernel decides
};

// The outcome of matching a call against a function: what arguments are cast to, what comes out.
struct Resolution {
  std::vector<types::LogicalType> arguments;  // implicit casts are inserted where they differ
  types::LogicalType result;                  // nullable as Flink derives it
  Kernel kernel = nullptr;
  Prepare prepare = nullptr;  // may be null
  // The result's type where it depends on literals (digits of ROUND); null: `result` as it is.
  types::LogicalType (*result_of)(const types::LogicalType& result,
                                  std::span<const types::Value* const> literals) = nullptr;
};

struct Function {
  std::string_view name;       // upper case; operators by their sign ("+")
  std::string_view family;     // "string", "arithmetic", ...
  std::string_view signature;  // "CONCAT_WS(separator STRING, value STRING, ...) -> STRING"
  NullRule null_rule = NullRule::kPropagate;
  bool deterministic = true;
  std::string_view doc;  // one sentence
  // SQL and Flink's answer as CAST(... AS STRING) text or NULL; executed by a test.
  std::vector<std::pair<std::string_view, std::string_view>> examples;
  // The error is a sentence about the argument types; the binder adds the position.
  Result<Resolution> (*resolve)(std::span<const types::LogicalType> arguments) = nullptr;
};

// All scalar functions, by family; lives for the whole program (functions/all.cc).
[[nodiscard]] std::span<const Function* const> all_functions();
// By name without regard to case; null when there is none.
[[nodiscard]] const Function* find_function(std::string_view name);

}  // namespace weir::functions
