// SPDX-License-Identifier: Apache-2.0
#include "controller/http/pods.hpp"

#include <algorithm>

namespace slipway::http {

base::Result<LocatedPod> locate_pod(const Services& services, const Call& call,
                                    const std::string& container) {
  auto cluster = services.clusters.get(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  const auto& space = call.argument("namespace");
  const auto& name = call.argument("pod");
  auto row = services.mirror.find(cluster->id, "pods", space, name);
  if (!row) {
    const auto fresh = services.mirror.freshness(cluster->id, "pods");
    auto message = "no pod " + name + " in namespace " + space;
    if (fresh.known && !fresh.live) message += " as of " + base::to_rfc3339(fresh.as_of);
    if (!fresh.known) message += ": the cluster's pods have not been seen yet";
    return base::fail(base::ErrorCode::kNotFound, message, "pod");
  }
  const auto& pod = row->pod();
  if (pod.node().empty()) {
    return base::fail(base::ErrorCode::kConflict, "pod " + name + " is on no node yet", "pod");
  }
  const auto meant = std::ranges::find_if(pod.containers(), [&](const auto& one) {
    return container.empty() ? !one.init() : one.name() == container;
  });
  if (!container.empty() && meant == pod.containers().end()) {
    return base::fail(base::ErrorCode::kNotFound, "pod " + name + " has no container " + container,
                      "container");
  }
  auto node = services.clusters.node(cluster->id.value, pod.node());
  if (!node) return base::fail(node);
  return LocatedPod{.cluster = *cluster,
                    .node = *node,
                    .uid = row->meta().uid(),
                    .row = pod,
                    .container = meant == pod.containers().end() ? container : meant->name()};
}

}  // namespace slipway::http
