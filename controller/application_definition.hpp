// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "controller/cluster_rounds.hpp"
#include "controller/http/services.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::controller {

inline constexpr std::chrono::minutes kDefinitionRound{10};  ///< sent anew, news or none

/// Keeps the definition of Applications in every cluster, old ones too: sent in each round, and at
/// once where the gateway says that the API server serves no applications, until it does.
class ApplicationDefinition : public mirror::MirrorListener {
 public:
  ApplicationDefinition(base::asio::any_io_executor executor, http::Services& services);

  void start() { rounds_.start(); }
  base::Task<> stop() { return rounds_.stop(); }
  /// One comparison; true: there was nothing to do. Also what start() runs by itself. kUnavailable:
  /// it was sent and is not served yet.
  base::Task<base::Result<bool>> step(base::ClusterId cluster);

  void row_changed(const base::ClusterId&, const std::string&, const wire::MirrorRow&) override {}
  void row_gone(const base::ClusterId&, const std::string&, const wire::MirrorRow&) override {}
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  http::Services& services_;
  std::set<base::ClusterId> sent_;  ///< in this round
  ClusterRounds rounds_;
};

}  // namespace slipway::controller
