// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/ids.hpp"
#include "protocol/base/task.hpp"

namespace slipway::cloud {

using base::ResourceId;

enum class MachineState {
  kBuilding,  ///< asked for, not running yet
  kRunning,   ///< powered on
  kStopped,   ///< powered off, its disks kept
  kFailed,    ///< the cloud says why in `detail`
  kGone,      ///< the cloud does not know it
};

/// The state's name for people and logs: "running".
std::string_view name_of(MachineState state);

struct Volume {
  ResourceId id;
  std::string cloud_id;  ///< the cloud's own name for it
  std::uint64_t size_bytes = 0;
  std::string attached_to;  ///< cloud id of the machine, empty when free
  std::string device;       ///< as the machine sees it: /dev/vdb
};

struct VolumeSpec {
  ResourceId id;  ///< ledger row, becomes the tag
  std::string name;
  std::string type;  ///< volume type, empty: the cloud's default
  std::uint64_t size_bytes = 0;
  std::string purpose;  ///< "system", "containerd" (cloned from the image's store where there is
                        ///< one), "etcd"
};

struct NetworkSpec {
  ResourceId id;
  std::string name;
  std::string cidr;  ///< empty: the cloud picks one that collides with none
};
struct Network {
  ResourceId id;
  std::string cloud_id;
  std::string cidr;
  std::string gateway;
};

/// Connections to one TCP port, spread over those members that are well.
struct LoadBalancerSpec {
  ResourceId id;
  std::string name;
  std::string network_cloud_id;
  unsigned short port = 0;           ///< at its own address, and at the members
  std::string health_path;           ///< asked of each member by HTTPS; 200: it is well
  std::vector<std::string> members;  ///< their addresses, all of them; may be none yet
};
struct LoadBalancer {
  ResourceId id;
  std::string cloud_id;
  std::string address;  ///< in its network; never changes
};

struct MachineSpec {
  ResourceId id;
  std::string name;  ///< also its host name
  std::string flavor;
  std::string image;  ///< image name or id; empty: the default node image
  std::string zone;
  std::string network_cloud_id;
  std::string key_pair;  ///< name, empty for none
  std::string user_data;
  std::vector<VolumeSpec>
      volumes;  ///< made with the machine, in device order after the system disk
};
struct Machine {
  ResourceId id;
  std::string cloud_id;
  std::string name;
  MachineState state = MachineState::kGone;
  std::string detail;
  std::string address;  ///< in its network, empty until known
  std::vector<Volume> volumes;
};

struct Flavor {
  std::string name;
  unsigned cpus = 0;
  std::uint64_t memory_bytes = 0;
};
struct Quota {
  std::string resource;
  std::int64_t limit = -1;
  std::int64_t used = 0;
};  ///< limit -1: none

/// What is tagged as ours in the cloud, for the reconciler.
struct Tagged {
  ResourceId id;
  std::string kind;
  std::string cloud_id;
  std::string name;
};  ///< kind: machine, volume, network, load-balancer

/// A cloud that machines run on. All calls are idempotent by the id (tag) in the spec: creating
/// what exists returns it; deleting what is gone succeeds. Errors: kInvalid (the cloud refuses the
/// input), kExhausted (quota), kUnavailable (try again), kNotFound.
class Cloud {
 public:
  virtual ~Cloud() = default;
  virtual std::string kind() const = 0;  ///< "local", "openstack"
  /// True: machines are containers on this host (capacity and eviction settings differ).
  virtual bool small_machines() const = 0;
  /// Brings up what the cloud needs on this side (local: bridge, name space, machines that should
  /// run).
  virtual base::Task<base::Result<>> start() = 0;
  virtual base::Task<> stop() = 0;

  virtual base::Task<base::Result<Network>> ensure_network(NetworkSpec spec) = 0;
  virtual base::Task<base::Result<>> delete_network(ResourceId id) = 0;
  /// Creates it, or gives the present one these members.
  virtual base::Task<base::Result<LoadBalancer>> ensure_load_balancer(LoadBalancerSpec spec) = 0;
  virtual base::Task<base::Result<>> delete_load_balancer(ResourceId id) = 0;
  /// Creates and powers on.
  virtual base::Task<base::Result<Machine>> ensure_machine(MachineSpec spec) = 0;
  virtual base::Task<base::Result<Machine>> machine(
      ResourceId id) = 0;  ///< state kGone rather than kNotFound
  virtual base::Task<base::Result<std::vector<Machine>>> machines() = 0;
  virtual base::Task<base::Result<>> reboot(ResourceId id, bool hard) = 0;
  virtual base::Task<base::Result<>> stop_machine(ResourceId id) = 0;
  virtual base::Task<base::Result<>> start_machine(ResourceId id) = 0;
  virtual base::Task<base::Result<>> delete_machine(
      ResourceId id) = 0;  ///< with the volumes made with it
  /// The last `lines` of its console.
  virtual base::Task<base::Result<std::string>> console(ResourceId id, std::size_t lines) = 0;

  virtual base::Task<base::Result<std::vector<Flavor>>> flavors() = 0;
  virtual base::Task<base::Result<std::vector<Quota>>> quotas() = 0;
  virtual base::Task<base::Result<std::vector<Tagged>>> tagged() = 0;
  /// Makes `port` of a machine reachable for people on this host or outside: "127.0.0.1:30123".
  /// Idempotent by (machine, port); gone with the machine.
  virtual base::Task<base::Result<std::string>> publish(ResourceId machine,
                                                        unsigned short port) = 0;
};

}  // namespace slipway::cloud
