// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/changes.hpp"
#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/ledger.hpp"
#include "controller/secrets/secrets.hpp"

namespace slipway::clusters {

/// The cloud says that it failed or is gone: waiting for it is of no use.
bool is_broken(const MachineRow& machine);
/// There is no machine, or none that holds anything of value: one that the cloud failed while it
/// was made, or that is gone. Once it has bootstrapped, what failed may be switched on again.
bool is_void(const MachineRow& machine);

/// Makes, watches, replaces and ends the machines of clusters. Every call may be repeated.
class Machines {
 public:
  using UserData = std::function<std::string(const std::string& token)>;
  Machines(store::Database& database, secrets::Secrets& secrets, cloud::Cloud& cloud,
           Agents& agents, Changes& changes, const base::Clock& clock, UserData user_data);

  /// Ledger rows, token, the cloud's machine. Does nothing where the cloud has it already.
  base::Task<base::Result<>> ensure(MachineRow machine, ClusterSpec spec,
                                    std::string network_cloud_id);
  /// Ends the cloud's machine so that ensure() makes another; its token is void.
  base::Task<base::Result<>> retire(MachineRow machine);
  /// Deletes a machine's resource; true: the cloud says that it is gone.
  base::Task<base::Result<bool>> remove(ResourceId resource);
  /// Asks the cloud for all machines and writes down what it says.
  base::Task<base::Result<>> poll();
  /// Whether it surely has no link: it has had none for kLinkGrace, while this controller ran. Who
  /// has one lives, whatever the cloud says.
  bool is_away(const MachineRow& machine) const;
  /// What the cloud says of a machine: state, address, disks; certificates that hold its address.
  base::Result<> observe(const MachineRow& machine, const cloud::Machine& seen);
  /// Tells connected nodes what they shall be now, once every address is known.
  void refresh(const ClusterId& cluster);

 private:
  base::Result<cloud::MachineSpec> plan(const MachineRow& machine, const ClusterSpec& spec);
  base::Result<std::string> token_of(const MachineRow& machine, const ResourceId& resource);
  void lost(const MachineRow& machine);

  store::Database& database_;
  secrets::Secrets& secrets_;
  cloud::Cloud& cloud_;
  Agents& agents_;
  Changes& changes_;
  const base::Clock& clock_;
  const base::UtcTime started_;
  UserData user_data_;
  Rows rows_;
  Ledger ledger_;
  ClusterPki pki_;
};

}  // namespace slipway::clusters
