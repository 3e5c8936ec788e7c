// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/cluster_rounds.hpp"
#include "controller/http/services.hpp"
#include "controller/mirror/mirror.hpp"
#include "controller/quotas/quota_objects.hpp"

namespace slipway::controller {

inline constexpr std::chrono::minutes kQuotaRound{1};  ///< all of it anew, news or none
inline constexpr std::size_t kMaxEnforced = 50;        ///< namespaces in one step

/// Keeps rows of allotments and clusters alike, by comparing them with the mirror: a row whose
/// namespace is gone is released, a namespace that was made past us gets a row, and a ResourceQuota
/// or LimitRange that is not as its row says is mended.
class QuotaKeeper : public mirror::MirrorListener {
 public:
  QuotaKeeper(base::asio::any_io_executor executor, http::Services& services);

  void start() { rounds_.start(); }
  base::Task<> stop() { return rounds_.stop(); }
  /// One comparison; true: there was nothing to do. Also what start() runs by itself.
  base::Task<base::Result<bool>> step(base::ClusterId cluster);
  /// Rows of clusters that are no more.
  void forget_clusters();

  void row_changed(const base::ClusterId& cluster, const std::string& kind,
                   const wire::MirrorRow& row) override;
  void row_gone(const base::ClusterId& cluster, const std::string& kind,
                const wire::MirrorRow& last) override;
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  struct Difference {
    std::string name_space;
    quotas::QuotaObjects wanted;
  };
  void keep_rows(const base::ClusterId& cluster);
  void keep_row(const quotas::Allotment& row, const wire::MirrorRow* shown);
  std::vector<Difference> differences(const base::ClusterId& cluster);
  base::Task<base::Result<>> mend(base::ClusterId cluster, Difference difference);
  const quotas::Amounts& own_of(const base::ClusterId& cluster);

  http::Services& services_;
  std::map<base::ClusterId, quotas::Amounts> own_;  ///< what Kubernetes makes; asked each round
  ClusterRounds rounds_;
};

}  // namespace slipway::controller
