// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "controller/http/services.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"

namespace slipway::controller {

inline constexpr std::chrono::seconds kRoundsRetry{10};       ///< after a failure
inline constexpr std::chrono::milliseconds kRoundsLull{200};  ///< news come in flocks

/// What keeps clusters as they shall be, by comparison and not by news: news only say which cluster
/// to look at now, and all are looked at in rounds. Each is in a task of its own: a slow one holds
/// up no other. What failed is tried again.
class ClusterRounds {
 public:
  struct Work {
    std::string name;              ///< in the log
    std::chrono::seconds every{};  ///< from round to round; the first one is at once
    std::function<void()> before;  ///< each round
    /// One comparison; true: there was nothing to do.
    std::function<base::Task<base::Result<bool>>(base::ClusterId)> step;
    /// How long after a failure it is tried again; empty: kRoundsRetry.
    std::function<std::chrono::seconds(const base::ClusterId&)> retry = {};
  };
  ClusterRounds(base::asio::any_io_executor executor, http::Services& services, Work work);

  void start();
  base::Task<> stop();
  void look_at(const base::ClusterId& cluster);

  /// Before something is asked of a cluster: waits for what was asked of it before, since a second
  /// one would only stand behind it. kTimeout: it has not answered that.
  base::Task<base::Result<>> is_free(base::ClusterId cluster);
  /// What became of it. kTimeout: not known yet; else kUnavailable and the cluster's own words.
  base::Result<> take(const base::ClusterId& cluster,
                      const base::Result<intents::Outcome>& outcome);

 private:
  base::Task<> run();
  base::Task<> keep(base::ClusterId cluster);
  base::Task<> go_round();

  http::Services& services_;
  Work work_;
  base::Wakeup wake_;
  std::set<base::ClusterId> waiting_;  ///< to be looked at
  std::set<base::ClusterId> busy_;
  std::map<base::ClusterId, base::IntentId> unanswered_;
  base::TaskScope tasks_;
};

}  // namespace slipway::controller
