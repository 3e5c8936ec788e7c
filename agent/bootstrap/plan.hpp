// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

/// The steps that make a machine the node that it shall be, in the order in which they are shown.
std::vector<Step> plan(const wire::DesiredNode& desired);

/// kInvalid when a field that the steps rest on is missing or malformed: `field` names it. What
/// comes over the wire ends up in files and arguments; this is where it is looked at.
base::Result<> check(const wire::DesiredNode& desired);

}  // namespace slipway::bootstrap
