// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace slipway::agent_link {

/// A network interface of the machine, loopback aside.
struct Interface {
  std::string name;
  bool up = false;           ///< switched on
  bool carrier = false;      ///< and something is at the other end
  bool has_address = false;  ///< other than a link-local one
};

/// As the kernel tells it now; empty where it tells nothing.
std::vector<Interface> interfaces();

/// What is wrong with all of them ("eth0 is down"); empty where one of them could carry packets.
std::string network_fault(const std::vector<Interface>& interfaces);

}  // namespace slipway::agent_link
