// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::net {

/// A segment of a path, or a value of a query, as it stands in a URL (RFC 3986): all but unreserved
/// characters and ':' as %XX. A segment of dots alone, which would climb, too.
std::string percent_encoded(const std::string& segment);

}  // namespace slipway::net
