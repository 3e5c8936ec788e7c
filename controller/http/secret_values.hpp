// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

namespace slipway::http {

/// Takes the values out of a Secret: its keys stay, with null. So does the annotation in which
/// `kubectl apply` keeps the whole of it.
void withhold_values(boost::json::object& secret);

/// Puts back what withhold_values() took out, of the Secret that is there: null keeps a value.
void keep_values(boost::json::object& written, const boost::json::object& there);

}  // namespace slipway::http
