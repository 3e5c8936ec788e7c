// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/registration.hpp"

#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "agent/kube/base64.hpp"
#include "protocol/net/http_status.hpp"

namespace slipway::metrics {
namespace {

namespace json = boost::json;
using base::Result;
using base::Task;

constexpr std::string_view kOwner = "?fieldManager=slipway";
constexpr int kThere = 409;
constexpr int kGroupPriority = 100;
constexpr int kVersionPriority = 100;

/// A path, and the object that shall be there.
struct Wanted {
  std::string path;
  json::object object;
};

Wanted service() {
  return {"/api/v1/namespaces/kube-system/services/slipway-metrics",
          {{"apiVersion", "v1"},
           {"kind", "Service"},
           {"metadata", json::object{{"name", "slipway-metrics"}, {"namespace", "kube-system"}}},
           {"spec", json::object{{"type", "ExternalName"}, {"externalName", "localhost"}}}}};
}

Wanted api_service(const std::string& ca_pem) {
  const std::string name = "v1beta1.metrics.k8s.io";
  return {"/apis/apiregistration.k8s.io/v1/apiservices/" + name,
          {{"apiVersion", "apiregistration.k8s.io/v1"},
           {"kind", "APIService"},
           {"metadata", json::object{{"name", name}}},
           {"spec", json::object{{"group", "metrics.k8s.io"},
                                 {"version", "v1beta1"},
                                 {"service", json::object{{"name", "slipway-metrics"},
                                                          {"namespace", "kube-system"},
                                                          {"port", kMetricsPort}}},
                                 {"caBundle", kube::to_base64(ca_pem)},
                                 {"groupPriorityMinimum", kGroupPriority},
                                 {"versionPriority", kVersionPriority}}}}};
}

Wanted reader() {
  const std::string name = "slipway:metrics-reader";
  json::object labels;
  for (const char* role : {"view", "edit", "admin"})
    labels["rbac.authorization.k8s.io/aggregate-to-" + std::string(role)] = "true";
  return {"/apis/rbac.authorization.k8s.io/v1/clusterroles/" + name,
          {{"apiVersion", "rbac.authorization.k8s.io/v1"},
           {"kind", "ClusterRole"},
           {"metadata", json::object{{"name", name}, {"labels", std::move(labels)}}},
           {"rules", json::array{json::object{{"apiGroups", json::array{"metrics.k8s.io"}},
                                              {"resources", json::array{"pods"}},
                                              {"verbs", json::array{"get", "list"}}}}}}};
}

Task<Result<int>> send(kube::KubeApi& api, net::HttpRequest request) {
  auto answer = co_await kube::fetch(api, std::move(request));
  if (!answer) co_return base::fail(answer);
  if (answer->status < 300 || answer->status == kThere) co_return answer->status;
  co_return base::fail(net::code_of_status(answer->status), kube::message_of(answer->text()));
}

/// Makes it, or makes what is there like it. Not by server-side apply: for APIServices, the API
/// server of 1.20 has none and panics.
Task<Result<>> keep(kube::KubeApi& api, Wanted wanted) {
  net::HttpRequest request;
  request.method = "POST";
  request.target = wanted.path.substr(0, wanted.path.rfind('/')) + std::string(kOwner);
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(wanted.object);
  auto made = co_await send(api, request);
  if (!made) co_return base::fail(made);
  if (*made != kThere) co_return Result<>{};
  request.method = "PATCH";
  request.target = wanted.path + std::string(kOwner);
  request.headers.set("Content-Type", "application/merge-patch+json");
  auto changed = co_await send(api, std::move(request));
  if (!changed) co_return base::fail(changed);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> register_metrics(kube::KubeApi& api, std::string ca_pem) {
  std::vector<Wanted> all;
  all.push_back(service());  // first: a registration without it is one that does not work
  all.push_back(reader());
  all.push_back(api_service(ca_pem));
  for (auto& wanted : all) {
    auto kept = co_await keep(api, std::move(wanted));
    if (!kept) co_return kept;
  }
  co_return Result<>{};
}

}  // namespace slipway::metrics
