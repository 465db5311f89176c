// Columns in and out of Arrow's C data interface.
//
// Source: https://arrow.apache.org/docs/format/CDataInterface.html. Whoever ends up with an
// ArrowSchema or ArrowArray calls its release() once, on any thread.
// What leaves: fixed-width values, offsets of lists and validity leave without a copy and stay
// alive until release(); BOOLEAN becomes a bitmap, strings become offsets and bytes, constants are
// written out. Types: CHAR and VARCHAR are utf8 (large_utf8 with `large_strings`), BINARY and
// VARBINARY likewise; TIMESTAMP has the unit of its precision, TIMESTAMP_LTZ the zone UTC; TIME is
// time32 in ms; intervals are interval_months and a duration in ms; MAP and MULTISET are maps.
// What comes in: the same layouts. The foreign array is released when the last buffer that points
// into it goes; strings become views into it. Only bitmaps that do not begin at a byte, BOOLEAN and
// misaligned values are copied. Lengths of foreign buffers are not part of the interface and have
// to be believed; offsets that run backwards are an error. Everything is stateless.
#pragma once

#include "types/batch.h"

// The interface's own structures, under the guard that it prescribes, so that a header of another
// library may bring them as well.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
}

#endif  // ARROW_C_DATA_INTERFACE

namespace weir::types {

struct ArrowOptions {
  // 64-bit offsets for strings; with 32-bit ones a column of more than 2 GiB of text is an error.
  bool large_strings = false;
};

// The type alone. An error names a type that Arrow has no layout for; `out` is then untouched.
Status export_arrow_type(const LogicalType& type, const std::string& name,
                         const ArrowOptions& options, ArrowSchema* out);
// The struct of a table's columns.
Status export_arrow_schema(const Schema& schema, const ArrowOptions& options, ArrowSchema* out);
Status export_arrow_column(const ColumnRef& column, const ArrowOptions& options, ArrowArray* out);
// The selected rows as a struct array without NULLs; row kinds and origin do not leave.
Status export_arrow_batch(const BatchRef& batch, const ArrowOptions& options, ArrowArray* out);

struct ImportedColumns {
  Schema schema;
  uint32_t rows = 0;  // may be more than Batch::kMaxRows
  std::vector<ColumnRef> columns;
};

// Both take over (and in the end release) the two structures, in the case of an error as well.
// VARCHAR comes back as STRING, precisions as those of Arrow's unit; Column::with_type() narrows.
Result<ColumnRef> import_arrow_column(ArrowSchema* schema, ArrowArray* array);
// A struct array without NULLs.
Result<ImportedColumns> import_arrow_batch(ArrowSchema* schema, ArrowArray* array);

}  // namespace weir::types
