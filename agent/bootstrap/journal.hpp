// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

/// Whether systemd says that a unit runs ("active"; "activating" is not).
base::Task<base::Result<bool>> is_active(const StepContext& context, std::string unit);
/// The last lines that a unit said, into the step's log: why it does not do what it should.
base::Task<> log_journal(const StepContext& context, std::string unit);

}  // namespace slipway::bootstrap
