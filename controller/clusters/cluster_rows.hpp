// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/clusters/model.hpp"
#include "controller/store/database.hpp"
#include "order.pb.h"
#include "report.pb.h"

namespace slipway::clusters {

/// A row of `clusters`.
struct ClusterRow {
  ClusterId id;
  ClusterSpec spec;
  ClusterState state = ClusterState::kCreating;
  std::string reason;
  std::string network_cidr;
  std::string discovery_token;
  std::string api_address;  ///< its load balancer's; empty: one master needs none
  std::optional<MachineId> gateway;
  base::UtcTime created;
  std::string created_by;
  bool deleted = false;
};

/// What is asked of a cluster at each link, report and request; what it was made from is not parsed
/// for it.
struct ClusterStanding {
  ClusterId id;
  std::string name;
  ClusterState state = ClusterState::kCreating;
  bool deleted = false;
  std::optional<MachineId> gateway;

  bool goes() const { return deleted || state == ClusterState::kDeleting; }
};

/// Which program of the agent a machine shall run.
struct ReleaseWish {
  std::string sha256;  ///< empty: the one of its image
  std::string version;
  std::string statement;
  std::string signature;
  std::uint32_t attempt = 0;  ///< grows with each order anew; 0: nothing was ever asked for
  std::string round;          ///< the operation's step that asked for it, and which run of the step
  bool missed = false;        ///< the machine was out of reach then and has not been told since
};

inline std::string pod_cidr_of(unsigned ordinal) {
  return "10.244." + std::to_string(ordinal) + ".0/24";
}

/// A row of `machines`: one node of a cluster, whatever cloud resource it has now.
struct MachineRow {
  MachineId id;
  ClusterId cluster;
  std::string name;
  Role role = Role::kWorker;
  unsigned ordinal = 0;
  std::string flavor;
  ResourceId resource;
  std::string address;
  MachineFact cloud;
  KubernetesFact kubernetes;
  bool enrolled = false;
  bool bootstrapped = false;
  std::string facts;  ///< serialized wire::NodeFacts, empty: none yet
  std::uint64_t generation = 0;
  std::string desired_sha256;
  ReleaseWish release;
  std::string release_told;  ///< serialized wire::ReleaseState, empty: nothing was told
  base::UtcTime release_told_at;
  bool joins_etcd = false;  ///< it takes a lost member's place in an etcd that is there already

  bool is_master() const { return role == Role::kMaster; }
  wire::Role wire_role() const { return is_master() ? wire::MASTER : wire::WORKER; }
  std::string pod_cidr() const { return pod_cidr_of(ordinal); }
};

/// What the nodes of a cluster are told of each other.
struct PeerRow {
  MachineId id;
  std::string name;
  Role role = Role::kWorker;
  unsigned ordinal = 0;
  std::string address;

  bool is_master() const { return role == Role::kMaster; }
  wire::Role wire_role() const { return is_master() ? wire::MASTER : wire::WORKER; }
  std::string pod_cidr() const { return pod_cidr_of(ordinal); }
};

/// The clusters' and machines' rows, typed. Functions that write say nothing of transactions: the
/// caller brackets what belongs together.
class Rows {
 public:
  explicit Rows(store::Database& database) : database_(database) {}

  void insert(const ClusterRow& cluster);
  std::optional<ClusterRow> cluster(const ClusterId& id) const;        ///< deleted ones too
  std::optional<ClusterStanding> standing(const ClusterId& id) const;  ///< deleted ones too
  std::optional<ClusterStanding> find_standing(const std::string& id_or_name) const;
  std::optional<ClusterRow> find_cluster(const std::string& id_or_name) const;
  std::vector<ClusterRow> clusters() const;  ///< by name
  void set_state(const ClusterId& id, ClusterState state, const std::string& reason);
  void set_spec(const ClusterId& id, const ClusterSpec& spec);
  void set_network(const ClusterId& id, const std::string& cidr);
  void set_discovery_token(const ClusterId& id, const std::string& token);
  void set_api_address(const ClusterId& id, const std::string& address);
  void set_gateway(const ClusterId& id, const std::optional<MachineId>& gateway);
  void set_deleted(const ClusterId& id, base::UtcTime when);

  void insert(const MachineRow& machine);
  std::optional<MachineRow> machine(const MachineId& id) const;
  std::optional<MachineRow> find_machine(const std::optional<ClusterId>& cluster,
                                         const std::string& id_or_name) const;
  std::vector<MachineRow> machines(const ClusterId& cluster) const;  ///< masters first
  std::vector<MachineRow> machines() const;
  // Without what comes after `bootstrapped` in a row: what is looked at every few seconds, of
  // thousands of machines, reads no more than it needs.
  std::vector<MachineRow> briefs(const ClusterId& cluster) const;  ///< masters first
  std::vector<MachineRow> briefs() const;                          ///< of all clusters
  /// Of all machines whose clusters stay.
  std::unordered_map<MachineId, std::string> node_names() const;
  /// All machines' resources, and whether the cloud has ever told of them.
  std::unordered_map<ResourceId, bool> told_resources() const;
  std::vector<MachineRow> masters(const ClusterId& cluster) const;  ///< in brief
  std::vector<MachineRow> not_bootstrapped() const;                 ///< in brief, of all clusters
  std::vector<PeerRow> peers(const ClusterId& cluster) const;       ///< all nodes, masters first
  void set_flavor(const MachineId& id, const std::string& flavor);
  /// Another cloud resource: what was known of the one before is forgotten.
  void set_resource(const MachineId& id, const ResourceId& resource);
  void set_joins_etcd(const MachineId& id);
  void set_cloud(const MachineId& id, const MachineFact& fact, const std::string& address);
  void set_kubernetes(const MachineId& id, const KubernetesFact& fact);
  void set_enrolled(const MachineId& id, base::UtcTime when, const std::string& facts);
  void set_bootstrapped(const MachineId& id);
  void set_generation(const MachineId& id, std::uint64_t generation, const std::string& sha256);
  void set_release(const MachineId& id, const ReleaseWish& wish);
  void set_release_given(const MachineId& id);  ///< the machine has been told: it is not missed
  /// An agent's words: bounded before they are stored.
  void set_release_told(const MachineId& id, const wire::ReleaseState& told, base::UtcTime when);
  void remove_machines(const ClusterId& cluster);

  /// An agent's words: bounded before they are stored.
  void replace_steps(const MachineId& id, const wire::NodeState& state);
  bool has_steps(const MachineId& id, const wire::NodeState& state) const;
  void put_step(const MachineId& id, const wire::StepReport& report);
  std::vector<NodeStep> steps(const MachineId& id) const;

 private:
  store::Database& database_;
};

inline constexpr std::size_t kMaxNodeSteps = 64;
inline constexpr std::size_t kMaxStepName = 64;
inline constexpr std::size_t kMaxStepError = 4 << 10;
inline constexpr std::size_t kMaxStepLog = 16 << 10;

}  // namespace slipway::clusters
