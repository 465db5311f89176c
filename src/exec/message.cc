#include "exec/message.h"

namespace weir::exec {

size_t Message::pinned_bytes() const {
  if (batch) return batch->pinned_bytes();
  if (partial) return partial->pinned_bytes();
  return 0;
}

}  // namespace weir::exec
