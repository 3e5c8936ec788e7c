// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/api_endpoint.hpp"
#include "controller/clusters/machines.hpp"
#include "controller/clusters/node_image.hpp"
#include "controller/clusters/node_words.hpp"
#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

inline constexpr char kCreateCluster[] = "cluster.create";
inline constexpr std::size_t kMachinesAtOnce = 8;

// How long each step may take with all its attempts, and how many failures it may have.
inline constexpr std::chrono::seconds kPreflightLimit{300};
inline constexpr std::chrono::seconds kPkiLimit{120};
inline constexpr std::chrono::seconds kNetworkLimit{600};
inline constexpr std::chrono::seconds kMachinesLimit{1800};
inline constexpr std::chrono::seconds kRunningLimit{900};
inline constexpr std::chrono::seconds kEnrolLimit{600};
inline constexpr std::chrono::seconds kBootstrapLimit{2400};
inline constexpr std::chrono::seconds kObjectsLimit{600};
inline constexpr std::chrono::seconds kReadyLimit{900};
inline constexpr unsigned kCloudAttempts = 8;
inline constexpr unsigned kMachineAttempts = 4;  ///< a machine that the cloud fails is replaced
inline constexpr unsigned kNodeAttempts = 5;
inline constexpr std::chrono::milliseconds kMachinePoll{500};
inline constexpr std::chrono::seconds kNodePoll{5};  ///< reports wake the step anyway
inline constexpr std::chrono::seconds kApplyWait{20};

/// The steps that make a cluster out of its rows.
class CreateCluster {
 public:
  CreateCluster(store::Database& database, secrets::Secrets& secrets, cloud::Cloud& cloud,
                Agents& agents, Machines& machines, const NodeWords& words, const NodeImage& image,
                const base::Clock& clock);

  Procedure procedure();

 private:
  base::Task<Outcome> preflight(Attempt attempt);
  base::Task<Outcome> pki(Attempt attempt);
  base::Task<Outcome> network(Attempt attempt);
  base::Task<Outcome> load_balancer(Attempt attempt);
  base::Task<Outcome> machines(Attempt attempt);
  base::Task<Outcome> running(Attempt attempt);
  base::Task<Outcome> enrolled(Attempt attempt);
  base::Task<Outcome> bootstrap(Attempt attempt);
  base::Task<Outcome> objects(Attempt attempt);
  base::Task<Outcome> ready(Attempt attempt);

  base::Task<base::Result<>> ensure_all(const Attempt& attempt);
  base::Task<base::Result<>> retire(const Attempt& attempt, const std::vector<MachineRow>& broken,
                                    const std::string& why);
  base::Task<Outcome> replace(const Attempt& attempt, std::vector<MachineRow> broken,
                              std::string why);
  base::Task<std::optional<Outcome>> mend(const Attempt& attempt);
  std::string troubles_of(const std::vector<MachineRow>& machines) const;
  bool is_stale(const MachineRow& machine) const;

  store::Database& database_;
  cloud::Cloud& cloud_;
  Agents& agents_;
  Machines& machines_;
  const NodeWords& words_;
  const NodeImage& image_;
  const base::Clock& clock_;
  Rows rows_;
  Ledger ledger_;
  ClusterPki pki_;
  ApiEndpoint api_;
};

}  // namespace slipway::clusters
