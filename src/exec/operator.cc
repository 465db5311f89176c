#include "exec/operator.h"

#include "base/check.h"

namespace weir::exec {

Status Operator::process_partial(uint32_t input, PartialRef partial, Output& out) {
  (void)input;
  (void)partial;
  (void)out;
  WEIR_CHECK(false, "an operator that takes no partials was sent one");
  return ok();
}

}  // namespace weir::exec
