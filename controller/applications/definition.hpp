// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::applications {

/// The CustomResourceDefinition of Applications, as YAML: the resource of SIG Apps with all of its
/// fields, so that what other tools write comes back whole.
std::string definition();

}  // namespace slipway::applications
