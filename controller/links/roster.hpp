// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "order.pb.h"
#include "protocol/base/ids.hpp"

namespace slipway::links {

/// Where a machine belongs, as the controller decided it; never what the machine says of itself.
struct Membership {
  base::ClusterId cluster;
  wire::Role role = wire::ROLE_UNSPECIFIED;
  std::string node_name;
  std::string address;   ///< in the node network; empty until the cloud gave one
  bool forming = false;  ///< its cluster was never up: nothing of value lies in its etcd
};

/// Who belongs where, for all that must not believe an agent; the clusters own and implement it.
class Roster {
 public:
  virtual ~Roster() = default;
  /// Empty: no such machine, or it is being deleted.
  virtual std::optional<Membership> find(const base::MachineId& machine) const = 0;
  /// The node names of all machines that find() knows.
  virtual std::unordered_map<base::MachineId, std::string> node_names() const = 0;
  /// The master that applies, watches and proxies now; empty: none is picked.
  virtual std::optional<base::MachineId> gateway(const base::ClusterId& cluster) const = 0;
};

}  // namespace slipway::links
