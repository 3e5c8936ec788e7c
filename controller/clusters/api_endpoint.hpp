// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/ledger.hpp"

namespace slipway::clusters {

inline constexpr unsigned short kApiPort = 6443;

/// Where a cluster's API server is reached: the load balancer of a cluster with several masters, or
/// the one master itself.
class ApiEndpoint {
 public:
  ApiEndpoint(store::Database& database, cloud::Cloud& cloud, const base::Clock& clock)
      : cloud_(cloud), rows_(database), ledger_(database, clock) {}

  /// Makes the load balancer, or tells the present one which masters have addresses; the cloud is
  /// asked only when these changed. Nothing to do for one master. Errors are the cloud's.
  base::Task<base::Result<>> ensure(ClusterId cluster);

 private:
  base::Result<LedgerRow> plan(const ClusterRow& cluster);

  cloud::Cloud& cloud_;
  Rows rows_;
  Ledger ledger_;
};

}  // namespace slipway::clusters
