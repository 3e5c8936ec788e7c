// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

namespace slipway::objects {

/// A value as a merge patch (RFC 7396) changes it: what the patch does not name stays, null takes
/// away.
boost::json::value merged(boost::json::value value, const boost::json::value& patch);

}  // namespace slipway::objects
