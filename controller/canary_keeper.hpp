// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/cluster_rounds.hpp"
#include "controller/http/services.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::controller {

inline constexpr std::chrono::minutes kCanaryRound{5};  ///< all of it anew, news or none

/// Takes canaries away that were promoted, once their Deployments are rolled out. Both is read from
/// the mirror's rows: nothing is known here that is not there.
class CanaryKeeper : public mirror::MirrorListener {
 public:
  CanaryKeeper(base::asio::any_io_executor executor, http::Services& services);

  void start() { rounds_.start(); }
  base::Task<> stop() { return rounds_.stop(); }
  /// One comparison; true: there was nothing to do. Also what start() runs by itself.
  base::Task<base::Result<bool>> step(base::ClusterId cluster);

  void row_changed(const base::ClusterId& cluster, const std::string& kind,
                   const wire::MirrorRow& row) override;
  void row_gone(const base::ClusterId&, const std::string&, const wire::MirrorRow&) override {}
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  base::Task<base::Result<>> remove(base::ClusterId cluster, wire::MirrorRow canary);

  http::Services& services_;
  ClusterRounds rounds_;
};

}  // namespace slipway::controller
