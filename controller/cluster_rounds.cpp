// SPDX-License-Identifier: Apache-2.0
#include "controller/cluster_rounds.hpp"

#include <algorithm>
#include <utility>

#include "controller/http/intent_views.hpp"
#include "controller/rounds.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::controller {

using base::ErrorCode;
using base::fail;

ClusterRounds::ClusterRounds(base::asio::any_io_executor executor, http::Services& services,
                             Work work)
    : services_(services), work_(std::move(work)), wake_(executor), tasks_(executor) {}

void ClusterRounds::start() {
  tasks_.spawn(work_.name, run());
  tasks_.spawn(work_.name + "'s round", go_round());
}

base::Task<> ClusterRounds::stop() {
  co_await tasks_.join();
}

void ClusterRounds::look_at(const base::ClusterId& cluster) {
  waiting_.insert(cluster);
  wake_.notify();
}

/// News of a cluster that is busy wait.
base::Task<> ClusterRounds::run() {
  for (;;) {
    const auto idle = [this](const auto& cluster) { return !busy_.contains(cluster); };
    if (std::ranges::none_of(waiting_, idle)) {
      co_await wake_.wait();
      continue;
    }
    co_await base::sleep_for(kRoundsLull);
    for (const auto& cluster : std::set<base::ClusterId>(waiting_)) {
      if (!busy_.insert(cluster).second) continue;
      waiting_.erase(cluster);
      tasks_.spawn(work_.name + " of a cluster", keep(cluster));
    }
  }
}

base::Task<> ClusterRounds::keep(base::ClusterId cluster) {
  {
    const Busy busy{busy_, cluster};
    base::Result<bool> done = fail(ErrorCode::kInternal, "it broke off");
    const auto look = [&]() -> base::Task<> { done = co_await work_.step(cluster); };
    co_await outlive(work_.name + " of cluster " + cluster.value, look());
    if (!done) {
      const auto wait = work_.retry ? work_.retry(cluster) : kRoundsRetry;
      spdlog::warn("{} of cluster {}: {}; tried again in {} s", work_.name, cluster.value,
                   done.error().message, wait.count());
      co_await base::sleep_for(wait);
      waiting_.insert(cluster);
    }
  }
  wake_.notify();
}

base::Task<> ClusterRounds::go_round() {
  const auto begin = [this]() -> base::Task<> {
    work_.before();
    for (const auto& cluster : services_.clusters.names()) look_at(cluster.id);
    co_return;
  };
  for (;;) {
    co_await outlive(work_.name, begin());
    co_await base::sleep_for(work_.every);
  }
}

base::Task<base::Result<>> ClusterRounds::is_free(base::ClusterId cluster) {
  const auto asked = unanswered_.find(cluster);
  if (asked == unanswered_.end()) co_return base::Result<>{};
  auto outcome = co_await services_.intents.wait_for(asked->second, http::kIntentWait);
  if (outcome && outcome->state == intents::State::kPending) {
    co_return fail(ErrorCode::kTimeout, "the cluster has not answered yet");
  }
  unanswered_.erase(cluster);
  co_return base::Result<>{};
}

base::Result<> ClusterRounds::take(const base::ClusterId& cluster,
                                   const base::Result<intents::Outcome>& outcome) {
  if (!outcome) return fail(outcome);
  if (outcome->state != intents::State::kDone) {
    unanswered_[cluster] = outcome->id;
    return fail(ErrorCode::kTimeout, "the cluster has not answered yet");
  }
  if (!outcome->answer.ok()) return fail(ErrorCode::kUnavailable, outcome->answer.message());
  return {};
}

}  // namespace slipway::controller
