// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/cloud/cloud.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::clusters {

using base::ClusterId;
using base::MachineId;
using base::ResourceId;

enum class ResourceState {
  kPlanned,   ///< the row is there, the cloud may have been asked
  kPresent,   ///< the cloud has it
  kMissing,   ///< the cloud had it and no longer knows it
  kDeleting,  ///< it shall go
  kGone,      ///< the cloud said that it is gone; the row stays, so that a late twin is known
};
std::string_view name_of(ResourceState state);

inline constexpr char kLoadBalancerKind[] = "load-balancer";

/// One thing in the cloud; its id is the tag there.
struct LedgerRow {
  ResourceId id;
  std::string kind;  ///< "network", "load-balancer", "machine", "volume"
  ClusterId cluster;
  MachineId machine;  ///< of machines and their volumes
  ResourceId parent;  ///< of a volume: the machine's row, which is deleted with it
  std::string name;
  std::string purpose;  ///< of volumes: "containerd", "etcd", "system"
  std::string type;
  std::uint64_t size_bytes = 0;
  std::string cloud_id;
  std::string device;  ///< of volumes, as the machine sees it
  ResourceState state = ResourceState::kPlanned;
  std::string detail;
  base::UtcTime changed;
};

/// Who is deleted so that it goes: a volume goes with the machine that it was made with.
inline const ResourceId& deleted_by(const LedgerRow& row) {
  return row.kind == "volume" ? row.parent : row.id;
}
/// Deletes it in the cloud; success when it is gone already.
base::Task<base::Result<>> delete_in(cloud::Cloud& cloud, std::string kind, ResourceId deleted_by);

/// What we made in the cloud or were about to: nothing is created without a row written first, and
/// nothing is deleted that has none.
class Ledger {
 public:
  Ledger(store::Database& database, const base::Clock& clock);

  /// The row for (cluster, kind, name, purpose) that is not gone; made where there is none.
  /// kConflict: the cluster is being deleted.
  base::Result<LedgerRow> plan(LedgerRow wanted);
  void present(const ResourceId& id, const std::string& cloud_id, const std::string& device = {});
  void set(const ResourceId& id, ResourceState state, const std::string& detail = {});

  void gone(const ResourceId& id);  ///< with the volumes made with it

  std::optional<LedgerRow> find(const ResourceId& id) const;
  std::vector<LedgerRow> of(const ClusterId& cluster) const;  ///< those that are not gone too
  /// What the cloud calls the cluster's network; empty before it is there.
  std::string network_of(const ClusterId& cluster) const;
  std::vector<LedgerRow> volumes_of(const ResourceId& machine) const;
  std::vector<LedgerRow> all() const;

 private:
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::clusters
