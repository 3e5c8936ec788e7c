// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <chrono>

#include "controller/intents/intents.hpp"
#include "protocol/base/result.hpp"

namespace slipway::http {

inline constexpr std::chrono::seconds kIntentWait{30};  ///< then 202: the change goes on by itself

/// An intent and its objects, as ApplyResult.
boost::json::object view(const intents::Outcome& outcome);
/// The API server's refusal as ours, in its own words.
base::Error refusal_of(const wire::IntentOutcome& answer);

}  // namespace slipway::http
