// Arrow structures of any shape: formats, children, lengths and offsets come from the input; what
// the interface says has to be believed (the lengths of buffers) is true.
#include <array>
#include <deque>

#include "base/bytes.h"
#include "base/check.h"
#include "types/arrow_c.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::types {
namespace {

constexpr size_t kBufferBytes = 16 * 1024;
constexpr size_t kNumbers = 128;  // of each buffer come from the input
constexpr int64_t kMaxRows = 100;
constexpr int64_t kMaxOffset = 20;
constexpr int kMaxDepth = 4;
constexpr std::array<const char*, 28> kFormats = {
    "n",       "b",     "c",   "s",   "i",   "l",    "f",    "g",    "u",    "U",
    "z",       "Z",     "tdD", "ttm", "tiM", "tDm",  "tsm:", "tsu:", "tsn:", "tsm:UTC",
    "d:38,10", "d:1,0", "+s",  "+l",  "+m",  "+w:3", "tss:", "d:"};

// Owns all nodes of one tree; a deque does not move them.
struct Tree {
  std::deque<ArrowSchema> schemas;
  std::deque<ArrowArray> arrays;
  std::deque<std::vector<ArrowSchema*>> schema_children;
  std::deque<std::vector<ArrowArray*>> array_children;
  std::deque<std::vector<std::byte>> bytes;
  std::deque<std::vector<const void*>> buffers;
  std::deque<std::string> names;
  int released = 0;
};

class Maker {
 public:
  Maker(Tree& tree, ByteReader& in) : tree_(tree), in_(in) {}

  // A node with all below it. A child's array may lack rows, never bytes.
  std::pair<ArrowSchema*, ArrowArray*> make(int depth) {
    auto& schema = tree_.schemas.emplace_back();
    auto& array = tree_.arrays.emplace_back();
    const size_t chosen = in_.le<uint8_t>() % (kFormats.size() + 1);
    if (chosen < kFormats.size()) {
      schema.format = kFormats[chosen];
    } else {
      const auto text = in_.text(std::min<size_t>(in_.le<uint8_t>() % 16, in_.remaining()));
      schema.format = tree_.names.emplace_back(text).c_str();
    }
    const uint8_t flags = in_.le<uint8_t>();
    schema.flags = flags & 7;
    schema.name = (flags & 8) != 0 ? nullptr : "c";
    array.length = in_.le<int8_t>() % kMaxRows;
    array.offset = in_.le<int8_t>() % kMaxOffset;
    array.null_count = in_.le<int8_t>();
    add_buffers(array, flags, schema.format[0] == 'U' || schema.format[0] == 'Z');
    add_children(schema, array, depth);
    return {&schema, &array};
  }

 private:
  void add_buffers(ArrowArray& array, uint8_t flags, bool large) {
    const size_t count = in_.le<uint8_t>() % 4;
    auto& pointers = tree_.buffers.emplace_back();
    for (size_t i = 0; i < 3; ++i) {
      // As offsets of either width these are numbers from -128 to 255.
      auto& bytes = tree_.bytes.emplace_back(kBufferBytes);
      const size_t step = large ? sizeof(int64_t) : sizeof(int32_t);
      for (size_t at = 0; at < kNumbers * step && in_.remaining() > 0; at += step) {
        bytes[at] = std::byte{in_.le<uint8_t>()};
        const bool below = (flags & 16U) != 0 && (bytes[at] & std::byte{0x80}) != std::byte{0};
        if (below) std::fill_n(bytes.data() + at + 1, step - 1, std::byte{0xFF});
      }
      const bool missing = (flags & (32U << i)) != 0;
      pointers.push_back(missing ? nullptr : bytes.data());
    }
    array.n_buffers = static_cast<int64_t>(count);
    array.buffers = pointers.data();
  }

  void add_children(ArrowSchema& schema, ArrowArray& array, int depth) {
    auto& schemas = tree_.schema_children.emplace_back();
    auto& arrays = tree_.array_children.emplace_back();
    const size_t count = depth == 0 ? 0 : in_.le<uint8_t>() % 4;
    for (size_t i = 0; i < count; ++i) {
      const auto [child_schema, child_array] = make(depth - 1);
      schemas.push_back(child_schema);
      arrays.push_back(child_array);
    }
    schema.n_children = static_cast<int64_t>(count);
    schema.children = schemas.data();
    array.n_children = static_cast<int64_t>(count);
    array.children = arrays.data();
    const uint8_t lie = in_.le<uint8_t>();
    if (lie == 1 && count > 0) --array.n_children;
    if (lie == 2) schema.dictionary = &schema;  // only that there is one counts
    if (lie == 3) array.dictionary = &array;
  }

  Tree& tree_;
  ByteReader& in_;
};

void run(std::span<const std::byte> input) {
  ByteReader in(input);
  Tree tree;
  const auto [schema, array] = Maker(tree, in).make(kMaxDepth);
  schema->private_data = array->private_data = &tree;
  schema->release = [](ArrowSchema* self) {
    ++static_cast<Tree*>(self->private_data)->released;
    self->release = nullptr;
  };
  array->release = [](ArrowArray* self) {
    ++static_cast<Tree*>(self->private_data)->released;
    self->release = nullptr;
  };
  {
    const auto column = import_arrow_column(schema, array);
    if (column.has_value()) {
      std::string text;
      for (uint32_t row = 0; row < (*column)->length(); ++row) {
        append_text(**column, row, TextStyle::kCast, time_zone("UTC"), text);
      }
      ArrowArray out;
      if (export_arrow_column(*column, {}, &out).has_value()) out.release(&out);
    }
  }
  WEIR_CHECK(tree.released == 2, "each structure is released once");
}

}  // namespace
}  // namespace weir::types

std::vector<std::string> weir_fuzz_corpus() {
  std::vector<std::string> corpus;
  // format, flags, length, offset, null_count, buffers, values...
  for (char format = 0; format < 22; ++format) {
    corpus.push_back(std::string{format, '\2', '\5', '\1', '\1', '\3'} + std::string(200, '\1'));
    corpus.push_back(std::string{format, '\0', '\3', '\0', '\0', '\2'} + "\1\2\3\4\5\6\7");
  }
  for (char nested = 22; nested < 25; ++nested) {
    for (char child = 0; child < 23; ++child) {
      std::string input = {nested, '\2', '\2', '\0', '\0', '\2'};
      input += std::string(384, '\0') + std::string{'\1', child, '\2', '\3', '\0', '\0', '\3'};
      corpus.push_back(input + std::string(384, '\0'));
    }
  }
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::types::run(std::as_bytes(std::span(data, size)));
  return 0;
}
