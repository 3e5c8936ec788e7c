// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/ledger.hpp"
#include "controller/clusters/node_image.hpp"
#include "order.pb.h"
#include "protocol/base/result.hpp"

namespace slipway::clusters {

inline constexpr char kClusterDomain[] = "cluster.local";
inline constexpr char kClusterDns[] = "169.254.20.10";  ///< a DNS server on every node

/// The rows that say what a machine shall be.
struct DesiredInput {
  const ClusterRow& cluster;
  const MachineRow& machine;
  const std::vector<PeerRow>& machines;   ///< of the cluster, masters first
  const std::vector<LedgerRow>& volumes;  ///< of the machine
  const NodeImage& image;
  bool small_machines = false;
  std::string ssh_public_key = {};  ///< of the cluster's key pair; empty: nobody logs in
};

/// Everything of a DesiredNode but keys and generation, from rows alone. kUnavailable: addresses
/// are missing. A node that was told once is told again even if a peer lost its address.
base::Result<wire::DesiredNode> desired_node(const DesiredInput& input);

}  // namespace slipway::clusters
