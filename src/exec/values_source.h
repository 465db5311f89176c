// ValuesSource: the rows of a VALUES clause as a bounded source with one split.
//
// The position is the number of rows read. Immutable; shared by lanes.
#pragma once

#include "exec/source.h"
#include "plan/nodes.h"

namespace weir::exec {

class ValuesSource final : public Source {
 public:
  ValuesSource(plan::ValuesNode values, types::Schema schema)
      : values_(std::move(values)), schema_(std::move(schema)) {}

  [[nodiscard]] SourceTraits traits() const override;
  Result<std::vector<SplitInfo>> discover() override;
  Result<std::unique_ptr<SplitReader>> open(const SplitInfo& split, const ReaderStart& start,
                                            ReaderContext& context) override;

 private:
  plan::ValuesNode values_;
  types::Schema schema_;
};

}  // namespace weir::exec
