// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/kube/kube_api.hpp"
#include "agent/metrics/usage.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/wakeup.hpp"

namespace slipway::metrics {

inline constexpr std::chrono::seconds kFresh{10};     ///< kubelet measures no more often
inline constexpr std::chrono::seconds kNodeLimit{5};  ///< a node that does not answer is left out
inline constexpr std::size_t kNodesAtOnce = 16;

/// The present usage of all nodes: asked for when it is wanted and not fresh, by one at a time.
class Samples {
 public:
  Samples(base::asio::any_io_executor executor, kube::KubeApi& api, const base::Clock& clock);

  /// Of those nodes that answered, by their names. Good until the next await.
  base::Task<base::Result<const std::vector<NodeUsage>*>> now();

 private:
  base::Task<base::Result<>> ask_all();
  base::Task<base::Result<>> ask(std::string node, NodeUsage& usage);

  kube::KubeApi& api_;
  const base::Clock& clock_;
  std::optional<base::MonotonicTime> taken_at_;
  std::vector<NodeUsage> nodes_;
  bool asking_ = false;
  base::Wakeup asked_;
};

}  // namespace slipway::metrics
