// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "controller/workloads/refusal.hpp"

namespace slipway::objects {

/// The Secret without what it holds: `data` has each key's size in bytes in place of its value, and
/// what kubectl keeps of an earlier apply is left out, since it has the values again.
void take_values_out(boost::json::object& secret);

/// What the keys of a Secret hold, in base64; all of them if none is named. Refused, with those
/// that there are, for a key that is not there.
workloads::Ruled<boost::json::object> values_of(const boost::json::object& secret,
                                                const std::vector<std::string>& keys);

}  // namespace slipway::objects
