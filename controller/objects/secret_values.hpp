// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "controller/workloads/refusal.hpp"

namespace slipway::objects {

/// Takes the values out of a Secret: its keys stay, with null. So does the annotation in which
/// `kubectl apply` keeps the whole of it.
void withhold_values(boost::json::object& secret);

/// Puts back what withhold_values() took out, of the Secret that is there: null keeps a value.
void keep_values(boost::json::object& written, const boost::json::object& there);

/// A key of `data` whose value is no base64; nullopt: all are, or null.
std::optional<std::string> unreadable_key(const boost::json::object& secret);

/// What its keys hold, in base64; all of them if none is named. Refused, with those that there are,
/// for a key that is not there.
workloads::Ruled<boost::json::object> values_of(const boost::json::object& secret,
                                                const std::vector<std::string>& keys);

}  // namespace slipway::objects
