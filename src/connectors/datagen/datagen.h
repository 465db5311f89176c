// datagen: a source of made-up rows, random or in sequence, at a given rate.
//
// One split, or 'scan.parallelism' of them: split i of n makes the rows i, i + n, i + 2n, ...; its
// position is how many it has made, so a restart goes on with exactly the next row. The number of
// splits must stay the same over restarts. The rate is kept by the clock in steps of about 10 ms;
// what could not be made in time (back-pressure) is made up for at most one second's worth.
// Bounded by 'number-of-rows' and by the shortest sequence.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] const Connector& datagen_connector();

// The sum of 'rows-per-second' over the datagen tables that the plan reads.
[[nodiscard]] double datagen_rows_per_second(const plan::Plan& plan);

}  // namespace weir::connectors
