// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// Cordons a node and asks for the eviction of what runs there: one round, which says of each pod
/// how it stands. Nothing of a drain is kept: who wants the node empty asks again until it is, so
/// that a drain outlives the controller and ends when nobody asks any more.
Route node_drain_route(Services& services);

}  // namespace slipway::http
