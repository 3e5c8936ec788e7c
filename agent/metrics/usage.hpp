// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace slipway::metrics {

/// What something used at a moment, as kubelet measured it.
struct Usage {
  std::int64_t cpu_nanocores = 0;  ///< billionths of a core, averaged over the last seconds
  std::int64_t memory_bytes = 0;   ///< the working set: what cannot be taken back
  std::int64_t utc_ms = 0;         ///< when the CPU was measured, by the node's clock
};

struct ContainerUsage {
  std::string name;
  Usage usage;
};

struct PodUsage {
  std::string pod_namespace;
  std::string name;
  std::vector<ContainerUsage> containers;
};

struct NodeUsage {
  std::string name;
  std::optional<Usage> usage;
  std::vector<PodUsage> pods;
};

/// Of a node's `/stats/summary` (kubelet's stats/v1alpha1). What has no CPU and memory figures yet
/// is left out, a pod wholly when one of its containers has none: half a sum would mislead.
NodeUsage read_summary(const boost::json::value& summary);

}  // namespace slipway::metrics
