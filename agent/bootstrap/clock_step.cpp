// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdlib>

#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {

StepResult run_clock(const StepContext& context) {
  if (!context.controller_clock_ms) {
    context.log("the controller's clock is not known yet: not compared");
    co_return base::Result<>{};
  }
  const std::chrono::milliseconds offset(*context.controller_clock_ms);
  if (std::chrono::abs(offset) <= kMaxClockOffset) {
    context.log(fmt::format("{} ms from the controller's clock", offset.count()));
    co_return base::Result<>{};
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(offset).count();
  const auto difference = fmt::format("the clock is {} s {} the controller's", std::labs(seconds),
                                      seconds > 0 ? "behind" : "ahead of");
  const auto set = context.host.set_clock(context.host.clock().utc() + offset);
  if (!set)
    co_return base::fail(set.error().code,
                         fmt::format("{}, and this machine may not set it ({}): set the clock of "
                                     "the host that it runs on, or give the machine a time source",
                                     difference, set.error().message));
  context.log(difference + ": corrected");
  co_return base::Result<>{};
}

}  // namespace slipway::bootstrap
