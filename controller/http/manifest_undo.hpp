// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <optional>
#include <string>

#include "controller/http/intent_views.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// What one object of a manifest needs to be again what it was.
struct UndoStep {
  std::string method;        ///< DELETE what was made, PUT what was changed; empty: nothing to do
  boost::json::object body;  ///< holds for the object as it was looked at alone
};

/// By what became of the object, and what is there now (nullopt: nothing). The error says why it is
/// left alone: somebody changed it since, it holds what others made, or what was before was not
/// kept.
std::expected<UndoStep, std::string> undo_step(const wire::ObjectOutcome& outcome,
                                               const std::optional<boost::json::object>& now);

/// Undoes what stands of a manifest that failed later, in the caller's name and in the reverse
/// order; each object has its own outcome. Again is harmless. kConflict: it did not fail.
base::Task<base::Result<boost::json::object>> undo_manifest(Services& services, Caller caller,
                                                            intents::Outcome outcome);

}  // namespace slipway::http
