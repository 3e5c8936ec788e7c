// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "controller/cluster_rounds.hpp"
#include "controller/http/services.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::controller {

inline constexpr std::chrono::minutes kDefinitionRound{10};  ///< sent anew, news or none
/// A cluster that will not have it, or does not serve it, is sent it after kRoundsRetry, then after
/// twice as long each time, and at last so often.
inline constexpr std::chrono::minutes kDefinitionRetry{5};

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

  /// How long what failed last waits before it is tried again.
  std::chrono::seconds retry_after(const base::ClusterId& cluster) const;

  void row_changed(const base::ClusterId&, const std::string&, const wire::MirrorRow&) override {}
  void row_gone(const base::ClusterId&, const std::string&, const wire::MirrorRow&) override {}
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  base::Result<bool> failed(const base::ClusterId& cluster, base::Error why);

  http::Services& services_;
  std::set<base::ClusterId> sent_;               ///< in this round
  std::map<base::ClusterId, unsigned> in_vain_;  ///< sent so often, one after the other
  ClusterRounds rounds_;
};

}  // namespace slipway::controller
