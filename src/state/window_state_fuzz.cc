// A delta of window state from a damaged disk: refused, never believed.
#include <string>
#include <vector>

#include "state/window_state.h"

namespace {

using weir::types::LogicalType;

constexpr weir::functions::AggregateKernels kCount{
    .state_size = 8,
    .init = [](std::byte* state) { weir::store_le<int64_t>(state, 0); },
};

struct Shape {
  weir::state::KeyCodec codec{{LogicalType::bigint(), LogicalType::string()}};
  weir::state::AggregateLayout layout{{kCount}};
};

const Shape& shape() {
  static const Shape made;
  return made;
}

}  // namespace

std::vector<std::string> weir_fuzz_corpus() {
  weir::ByteWriter out;
  out.text("WST1");
  out.le<uint32_t>(16);
  out.le<uint8_t>(1);
  out.le<int64_t>(1000);
  out.le<uint32_t>(1);
  out.le<uint32_t>(27);
  out.le<uint64_t>(0);
  out.le<int64_t>(7);
  out.le<uint32_t>(3);
  out.le<uint32_t>(0);
  out.text("abc");
  out.le<uint64_t>(1);
  out.le<uint64_t>(0);
  out.le<uint8_t>(2);
  out.le<int64_t>(1000);
  return {{reinterpret_cast<const char*>(out.view().data()), out.size()}};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::state::WindowState state(shape().codec, shape().layout);
  const auto all = [](uint64_t) { return true; };
  (void)state.apply(std::as_bytes(std::span(data, size)), all).has_value();
  return 0;
}
