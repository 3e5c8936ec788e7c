// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "controller/cluster_rounds.hpp"
#include "controller/clusters/tenant_objects.hpp"
#include "controller/http/services.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::controller {

inline constexpr std::chrono::minutes kBorderRound{10};  ///< all of it anew, news or none

/// Keeps the RBAC objects by which a cluster's API server knows whose a namespace is: compares what
/// the mirror shows with what namespaces' labels say, and sends what is missing or too much as
/// intents. Memberships are not written there: users come with the groups of their projects.
class TenantBorders : public mirror::MirrorListener {
 public:
  TenantBorders(base::asio::any_io_executor executor, http::Services& services);

  void start() { rounds_.start(); }
  base::Task<> stop() { return rounds_.stop(); }
  /// One comparison; true: there was nothing to do. Also what start() runs by itself.
  base::Task<base::Result<bool>> step(base::ClusterId cluster);

  void row_changed(const base::ClusterId& cluster, const std::string& kind,
                   const wire::MirrorRow& row) override;
  void row_gone(const base::ClusterId& cluster, const std::string& kind,
                const wire::MirrorRow& last) override;
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  base::Task<base::Result<>> send(base::ClusterId cluster, std::string yaml, bool remove);

  http::Services& services_;
  std::set<base::ClusterId> roled_;  ///< whose ClusterRoles were sent in this round
  ClusterRounds rounds_;
};

}  // namespace slipway::controller
