#include <algorithm>
#include <array>

#include "connectors/blackhole.h"
#include "connectors/connector.h"
#include "connectors/datagen/datagen.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/kafka/kafka.h"
#include "connectors/print/print.h"

namespace weir::connectors {

std::span<const Connector* const> all_connectors() {
  static const std::array connectors = {
      &blackhole_connector(), &datagen_connector(), &filesystem_connector(),
      &kafka_connector(),     &print_connector(),
  };
  return connectors;
}

const Connector* find_connector(std::string_view name) {
  const auto all = all_connectors();
  const auto found =
      std::ranges::find(all, name, [](const Connector* row) { return row->info.name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace weir::connectors
