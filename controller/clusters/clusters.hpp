// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/access/audit.hpp"
#include "controller/cloud/cloud.hpp"
#include "controller/clusters/agents.hpp"
#include "controller/clusters/changes.hpp"
#include "controller/clusters/model.hpp"
#include "controller/clusters/node_roster.hpp"
#include "controller/clusters/operations.hpp"
#include "controller/links/links.hpp"
#include "controller/releases/agent_releases.hpp"
#include "controller/secrets/secrets.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::clusters {

/// What the clusters stand on; all owned by the composition root.
struct Foundation {
  store::Database& database;
  secrets::Secrets& secrets;
  cloud::Cloud& cloud;
  NodeRoster& roster;
  Agents& agents;
  Changes& changes;
  const base::Clock& clock;
  const releases::AgentReleases& releases;
  /// User-data that hands a machine its token (cloud-init/).
  std::function<std::string(const std::string& token)> user_data;
  std::uint64_t seed = 0;  ///< of the back-offs' jitter
};

/// A request that is durable now, and the operation that does it.
struct Accepted {
  Cluster cluster;
  OperationRecord operation;
};

/// Which cluster it is, and no more: what every request can afford to ask.
struct ClusterName {
  ClusterId id;
  std::string name;
};

/// An operation with the bootstrap steps of the nodes that it makes.
struct OperationView {
  OperationRecord operation;
  std::string cluster_name;
  std::vector<Node> nodes;
};

/// The clusters: create, show, delete; each change is an operation. The door to this folder.
/// `id_or_name` below: a cluster's id or name, a node's machine id or name. Not found: kNotFound.
class Clusters : public links::LinkListener {
 public:
  Clusters(base::asio::any_io_executor executor, Foundation foundation);
  ~Clusters() override;

  /// Resumes operations and begins to watch clouds and nodes. Register with Links before.
  void start();
  base::Task<> stop();

  /// Checks against rules, image, flavors and quotas, then accepts. The same name with the same
  /// content again answers the same; with other content kConflict, field "name".
  base::Task<base::Result<Accepted>> create(ClusterSpec spec, std::string by);
  /// Again on a cluster that is being deleted: answers the same operation, retried if it had
  /// failed.
  base::Result<Accepted> remove(const std::string& id_or_name, const std::string& by);
  base::Result<Cluster> get(const std::string& id_or_name) const;
  std::vector<Cluster> list() const;  ///< by name
  base::Result<ClusterName> named(const std::string& id_or_name) const;
  std::vector<ClusterName> names() const;  ///< by name

  base::Result<std::vector<Node>> nodes(const std::string& id_or_name) const;  ///< masters first
  base::Result<Node> node(const std::string& cluster, const std::string& node) const;
  base::Result<> retry_node(const std::string& cluster, const std::string& node);
  /// A new machine in the node's place; its disks are lost. Asked again while it goes on: the same
  /// operation, retried if it had failed. kConflict: the cluster cannot spare it now, or another
  /// operation is at work.
  base::Result<Accepted> replace_node(const std::string& cluster, const std::string& node,
                                      const std::string& by);
  /// Gives all nodes another program of the agent: one of the release directory, by version or
  /// SHA-256, or "image". Asked again as replace_node. kNotFound, kConflict: no such release, a
  /// broken one; the cluster is not complete, or another operation is at work.
  base::Result<Accepted> upgrade_agents(const std::string& cluster, const std::string& release,
                                        const std::string& by);
  std::vector<Node> machines() const;  ///< of all clusters
  base::Result<Node> machine(const std::string& id_or_name) const;

  base::Result<OperationView> operation(const OperationId& id) const;
  std::vector<OperationView> operations(
      const std::optional<std::string>& cluster) const;  ///< newest first
  base::Result<OperationView> retry(const OperationId& id);

  /// PEM of the cluster's own CA.
  base::Result<std::string> kubernetes_ca(const std::string& id_or_name) const;
  /// The gateway while it is connected; kUnavailable with why.
  base::Result<MachineId> connected_gateway(const std::string& id_or_name) const;

  /// What a watch of the cluster's nodes says (the mirror's listener calls it).
  void node_condition(const ClusterId& cluster, const std::string& node, bool ready,
                      const std::string& reason, base::UtcTime as_of);

  void link_up(const MachineId& machine, const wire::NodeState& state) override;
  void link_down(const MachineId& machine, const base::Error& why) override;
  void reported(const MachineId& machine, const wire::Report& report) override;

  // For tests and tools: what start() runs by itself.
  Operations& engine();
  base::Task<> watch_once();      ///< polls the cloud, renews states and gateways
  base::Task<> reconcile_once();  ///< compares ledger and cloud

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::clusters
