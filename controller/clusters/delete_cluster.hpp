// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/machines.hpp"
#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

inline constexpr char kDeleteCluster[] = "cluster.delete";

// A cloud that fails for a while must not leave anything behind: patience, then retry or the
// reconciler.
inline constexpr std::chrono::seconds kDeleteLimit{3600};
inline constexpr unsigned kDeleteAttempts = 60;
inline constexpr std::size_t kDeletionsAtOnce = 8;
inline constexpr std::chrono::seconds kDeletePoll{1};

/// The steps that leave nothing of a cluster behind, whatever state it was in.
class DeleteCluster {
 public:
  DeleteCluster(store::Database& database, secrets::Secrets& secrets, cloud::Cloud& cloud,
                Agents& agents, Machines& machines, const base::Clock& clock);

  Procedure procedure();

 private:
  base::Task<Outcome> release(Attempt attempt);
  base::Task<Outcome> machines(Attempt attempt);
  base::Task<Outcome> load_balancer(Attempt attempt);
  base::Task<Outcome> network(Attempt attempt);
  base::Task<Outcome> verify(Attempt attempt);
  base::Task<Outcome> forget(Attempt attempt);
  base::Task<Outcome> erase(Attempt attempt, std::string kind);

  store::Database& database_;
  cloud::Cloud& cloud_;
  Agents& agents_;
  Machines& machines_;
  const base::Clock& clock_;
  Rows rows_;
  Ledger ledger_;
  ClusterPki pki_;
};

}  // namespace slipway::clusters
