// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_roster.hpp"

#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/desired_node.hpp"
#include "controller/clusters/key_pairs.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::clusters {

using base::ErrorCode;
using base::fail;

namespace {

constexpr std::size_t kMostClusters = 1000;  // whose CA, or peers, are kept

}  // namespace

NodeRoster::NodeRoster(store::Database& database, const secrets::Secrets& secrets,
                       const base::Clock& clock, NodeImage image, bool small_machines)
    : database_(database),
      secrets_(secrets),
      clock_(clock),
      image_(std::move(image)),
      small_machines_(small_machines),
      peers_(database, kMostClusters) {}

std::optional<links::Membership> NodeRoster::find(const base::MachineId& machine) const {
  const Rows rows{database_};
  const auto row = rows.machine(machine);
  if (!row) return std::nullopt;
  const auto cluster = rows.standing(row->cluster);
  if (!cluster || cluster->goes()) return std::nullopt;
  return links::Membership{.cluster = row->cluster,
                           .role = row->wire_role(),
                           .node_name = row->name,
                           .address = row->address,
                           .forming = cluster->state == ClusterState::kCreating ||
                                      cluster->state == ClusterState::kFailed};
}

std::unordered_map<base::MachineId, std::string> NodeRoster::node_names() const {
  return Rows{database_}.node_names();
}

std::optional<base::MachineId> NodeRoster::gateway(const base::ClusterId& cluster) const {
  const auto row = Rows{database_}.standing(cluster);
  if (!row || row->goes()) return std::nullopt;
  return row->gateway;
}

const std::vector<PeerRow>& NodeRoster::peers_of(const base::ClusterId& cluster) {
  return peers_.get(cluster, [&] { return Rows{database_}.peers(cluster); });
}

base::Result<wire::DesiredNode> NodeRoster::desired(const base::MachineId& machine) {
  Rows rows{database_};
  const auto row = rows.machine(machine);
  const auto cluster = row ? rows.cluster(row->cluster) : std::nullopt;
  if (!cluster || cluster->deleted || cluster->state == ClusterState::kDeleting) {
    return fail(ErrorCode::kNotFound, "no machine " + machine.value);
  }
  const auto& machines = peers_of(cluster->id);
  const auto volumes = Ledger{database_, clock_}.volumes_of(row->resource);
  const auto key_pair = KeyPairs{database_}.find(cluster->spec.key_pair);
  auto desired = desired_node({*cluster, *row, machines, volumes, image_, small_machines_,
                               key_pair ? key_pair->public_key : std::string{}});
  if (!desired) return desired;
  if (cas_.size() > kMostClusters) cas_.clear();
  auto keys =
      row->is_master()
          ? read_master_pki(secrets_, cluster->id, machine, *desired->mutable_master())
          : read_worker_pki(secrets_, cluster->id, cas_[cluster->id], *desired->mutable_worker());
  if (!keys) return fail(keys);
  const std::string sha256 = pki::sha256_hex(desired->SerializeAsString());
  const bool changed = sha256 != row->desired_sha256;
  if (changed) rows.set_generation(machine, row->generation + 1, sha256);
  desired->set_generation(row->generation + (changed ? 1 : 0));
  return desired;
}

}  // namespace slipway::clusters
