// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/http/encoding.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/workloads/kubernetes_features.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

json::object view(const workloads::Feature& feature, workloads::KubernetesVersion version) {
  const auto lack = workloads::lack_of(feature.name, version);
  json::object out{{"name", feature.name},
                   {"kind", feature.kind.empty() ? "Pod" : feature.kind},
                   {"field", feature.path},
                   {"available", !lack}};
  if (lack) out["reason"] = *lack;
  return out;
}

/// By what the cluster was made with: a form shows it while the cluster is out of reach, too.
base::Task<Answer> capabilities(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  const auto visible = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!visible) co_return base::fail(visible);
  const auto cluster = services.clusters.get(visible->id.value);
  if (!cluster) co_return base::fail(cluster);
  const auto& text = cluster->spec.kubernetes_version;
  const auto version = workloads::version_in(text).value_or(workloads::KubernetesVersion{});
  json::array features;
  for (const auto& feature : workloads::features()) features.push_back(view(feature, version));
  co_return json_response(
      200, json::object{{"kubernetesVersion", text}, {"features", std::move(features)}});
}

}  // namespace

Routes capabilities_routes(Services& services) {
  return {plain_route(services, "GET", "/api/v1/clusters/{cluster}/capabilities", Needs::kRead, "",
                      capabilities)};
}

}  // namespace slipway::http
