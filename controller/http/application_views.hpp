// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "controller/applications/composition.hpp"

namespace slipway::http {

/// What may be done to an application of this state, and why the rest may not.
boost::json::object actions_view(const std::string& name, applications::ApplicationState state);

/// Its parts: workloads, jobs, services with what they select and ingresses that lead to them.
void put_parts(boost::json::object& out, const applications::Application& parts,
               const applications::Selections& selections);

}  // namespace slipway::http
