// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/usage.hpp"

#include "agent/kube/json_reading.hpp"

namespace slipway::metrics {
namespace {

using namespace kube;

constexpr std::int64_t kNone = -1;

std::optional<Usage> usage_of(const boost::json::value& from) {
  const auto& cpu = object_at(from, "cpu");
  Usage usage;
  usage.cpu_nanocores = number_at(cpu, "usageNanoCores", kNone);
  usage.memory_bytes = number_at(object_at(from, "memory"), "workingSetBytes", kNone);
  usage.utc_ms = utc_ms_at(cpu, "time");
  if (usage.cpu_nanocores < 0 || usage.memory_bytes < 0) return std::nullopt;
  return usage;
}

std::optional<PodUsage> pod_of(const boost::json::value& from) {
  const auto& reference = object_at(from, "podRef");
  PodUsage pod{text_at(reference, "namespace"), text_at(reference, "name"), {}};
  for (const auto& container : array_at(from, "containers")) {
    const auto usage = usage_of(container);
    if (!usage) return std::nullopt;
    pod.containers.push_back({text_at(container, "name"), *usage});
  }
  if (pod.containers.empty()) return std::nullopt;
  return pod;
}

}  // namespace

NodeUsage read_summary(const boost::json::value& summary) {
  const auto& node = object_at(summary, "node");
  NodeUsage read{text_at(node, "nodeName"), usage_of(node), {}};
  for (const auto& pod : array_at(summary, "pods"))
    if (auto usage = pod_of(pod)) read.pods.push_back(*std::move(usage));
  return read;
}

}  // namespace slipway::metrics
