// Context: the outside world, passed in.
//
// One struct of references that the top of the program (or a test, or the simulator) fills and
// hands down; nothing below main() reaches for a global. Everything in it may be used from any
// thread and outlives whoever holds the Context.
#pragma once

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "base/metrics.h"

namespace weir {

struct Context {
  Env& env;
  Clock& clock;
  Logger& log;
  Metrics& metrics;
};

}  // namespace weir
