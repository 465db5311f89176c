// PassOperator: hands every batch on as it is. A scan (its rows come from a SourceRunner) and UNION
// ALL are nothing else.
//
// Takes and gives any changelog; keeps no state.
#pragma once

#include "exec/operator.h"

namespace weir::exec {

class PassOperator final : public Operator {
 public:
  Status process(uint32_t input, types::BatchRef batch, Output& out) override {
    (void)input;
    return out.emit(std::move(batch));
  }
};

}  // namespace weir::exec
