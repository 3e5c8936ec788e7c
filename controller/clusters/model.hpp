// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/cloud/cloud.hpp"
#include "controller/links/links.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::clusters {

using base::ClusterId;
using base::MachineId;
using base::OperationId;
using base::ResourceId;

enum class ClusterState {
  kCreating,   ///< its create operation is not done
  kHealthy,    ///< every node is Ready, linked, its machine runs
  kUnhealthy,  ///< `reason` says what is not
  kDeleting,   ///< its delete operation is not done
  kFailed,     ///< creation gave up: retry or delete
};
std::string_view name_of(ClusterState state);  ///< "creating" …

enum class Role { kMaster, kWorker };
std::string_view name_of(Role role);  ///< "master", "worker"

struct DiskSpec {
  std::string type;  ///< empty: the cloud's default
  std::uint32_t size_gib = 0;
  bool operator==(const DiskSpec&) const = default;
};

/// A registry's mirrors, given to every node.
struct RegistrySpec {
  std::string host;
  std::vector<std::string> endpoints;
  bool insecure = false;
  bool operator==(const RegistrySpec&) const = default;
};

/// What was asked for at creation, defaults filled in.
struct ClusterSpec {
  std::string name;
  std::string kubernetes_version;  ///< empty: that of the node image
  std::string key_pair;
  unsigned masters = 1;
  unsigned workers = 1;
  std::string master_flavor;  ///< empty: the cloud's first that is large enough
  std::string worker_flavor;
  DiskSpec system{"", 40};
  DiskSpec data{"", 100};    ///< /var/lib/containerd
  DiskSpec etcd{"", 5};      ///< masters
  std::string network_cidr;  ///< empty: the cloud picks one
  std::vector<std::string> dns_servers;
  std::vector<RegistrySpec> registries;
  bool operator==(const ClusterSpec&) const = default;
};

/// A cluster as people see it.
struct Cluster {
  ClusterId id;
  ClusterSpec spec;
  ClusterState state = ClusterState::kCreating;
  std::string reason;  ///< why it is not healthy
  base::UtcTime created;
  std::string created_by;
  std::string network_cidr;
  std::string api_address;  ///< of the load balancer; empty: one master needs none
  std::optional<MachineId> gateway;
  unsigned nodes_ready = 0;
  unsigned nodes_total = 0;
  bool reachable = false;                ///< its gateway is connected
  std::optional<base::UtcTime> as_of;    ///< of the oldest fact that counts
  std::optional<OperationId> operation;  ///< that works on it, or failed last
};

/// A step of a node's bootstrap as its agent told it; or "enrol", "link": its way to the
/// controller.
struct NodeStep {
  std::string name;
  std::string state;  ///< "waiting", "running", "done", "failed"
  unsigned attempts = 0;
  std::optional<base::UtcTime> started;
  std::optional<base::UtcTime> ended;
  std::string error;
  std::string log_tail;
  std::string waiting_for;  ///< while it runs: what must come, and what was found last
};

/// What Kubernetes says of a node.
struct KubernetesFact {
  bool known = false;
  bool ready = false;
  std::string reason;
  base::UtcTime as_of;
};

/// What the cloud says of a machine.
struct MachineFact {
  bool known = false;
  cloud::MachineState state = cloud::MachineState::kGone;
  std::string detail;
  base::UtcTime as_of;
};

inline constexpr char kUpgradeAgents[] = "agents.upgrade";  ///< kind of the operation
inline constexpr char kImageRelease[] = "image";  ///< the program that the node's image came with

/// Which program of the agent a node shall run, and what its agent told of it last.
struct NodeRelease {
  bool asked = false;          ///< somebody asked for a program once
  std::string wanted_version;  ///< empty: the image's
  std::string wanted_sha256;
  std::optional<wire::ReleaseState> told;
  base::UtcTime as_of;
};

/// A node with its three facts: they may differ, and are shown as three.
struct Node {
  MachineId machine;
  ClusterId cluster;
  std::string cluster_name;
  std::string name;
  Role role = Role::kWorker;
  bool gateway = false;
  std::string address;
  std::string pod_cidr;
  std::string flavor;
  ResourceId resource;  ///< what the Cloud interface calls it
  bool bootstrapped = false;
  std::string trouble;  ///< what its health says that keeps it from serving; empty: nothing
  links::LinkFacts link;
  KubernetesFact kubernetes;
  MachineFact machine_state;
  std::optional<wire::NodeFacts> facts;
  NodeRelease release;
  std::vector<NodeStep> steps;
};

}  // namespace slipway::clusters
