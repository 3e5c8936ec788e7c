// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

/// A process that listens on a TCP port of this machine.
struct Listener {
  unsigned short port = 0;
  std::string program;
  int process = 0;
  bool operator==(const Listener&) const = default;
};

/// What `ss --listening --tcp --numeric --processes --no-header` prints.
std::vector<Listener> parse_listeners(std::string_view text);

/// kUnavailable where somebody whose port it is not listens on one of them: "port 2380, which etcd
/// needs, is taken by nc (process 812)".
base::Task<base::Result<>> check_ports(const StepContext& context,
                                       std::vector<unsigned short> ports, std::string owner,
                                       std::function<bool(const Listener&)> is_owner);

}  // namespace slipway::bootstrap
