#include "exec/sink.h"

#include <fmt/format.h>

namespace weir::exec {

Result<BufferRef> read_staged(Env& env, const DeliveredPart::File& file) {
  auto source = WEIR_TRY(env.open_random(file.path));
  auto buffer = Buffer::allocate(file.size);
  const size_t got = WEIR_TRY(source->read(file.offset, {buffer->mutable_data(), file.size}));
  if (got != file.size) {
    return corrupt(fmt::format("{} ends inside the staged output {}", file.path, file.name));
  }
  return BufferRef(std::move(buffer));
}

}  // namespace weir::exec
