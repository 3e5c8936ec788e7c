// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::clusters {

/// What every cluster holds from its first day: administrators who come through the controller may
/// do all; a node's agent may read what its DNS and its routes need.
std::string base_objects();

}  // namespace slipway::clusters
