// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/link/network.hpp"
#include "protocol/base/error.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/wire/console.hpp"

namespace slipway::agent_link {

/// What stands between the machine and its controller, told apart, each with what to do: the word
/// for the console. `why` ended an attempt at a link to `controller`.
wire::ConsoleWord obstacle_of(const base::Error& why, const net::Endpoint& controller,
                              const std::vector<Interface>& interfaces);

}  // namespace slipway::agent_link
