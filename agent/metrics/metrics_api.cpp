// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/metrics_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "agent/kube/json_reading.hpp"

namespace slipway::metrics {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;

/// What a request asks for.
struct MetricsApi::Wanted {
  enum class Kind { kResources, kNodes, kPods } kind = Kind::kResources;
  std::string pod_namespace;  ///< empty: all of them
  std::string name;           ///< empty: a list
  std::string selector;       ///< "labelSelector=…" as it came, escaped; empty: none
};

namespace {

constexpr std::string_view kRoot = "/apis/metrics.k8s.io/v1beta1";
constexpr auto kWindow = "10s";  // kubelet's, over which it averages
constexpr std::int64_t kBytesPerKi = 1024;

using Names = std::set<std::pair<std::string, std::string>>;  // namespace, name

std::string resource_list() {
  const auto resource = [](const char* name, const char* kind, bool namespaced) {
    return json::object{{"name", name},
                        {"singularName", ""},
                        {"namespaced", namespaced},
                        {"kind", kind},
                        {"verbs", json::array{"get", "list"}}};
  };
  return json::serialize(
      json::object{{"kind", "APIResourceList"},
                   {"apiVersion", "v1"},
                   {"groupVersion", kGroupVersion},
                   {"resources", json::array{resource("nodes", "NodeMetrics", false),
                                             resource("pods", "PodMetrics", true)}}});
}

json::object quantities(const Usage& usage) {
  return {{"cpu", fmt::format("{}n", usage.cpu_nanocores)},
          {"memory", fmt::format("{}Ki", usage.memory_bytes / kBytesPerKi)}};
}

std::string timestamp(std::int64_t utc_ms) {
  return base::to_rfc3339(base::UtcTime(std::chrono::milliseconds(utc_ms)));
}

json::object head(const char* kind, json::object metadata, std::int64_t utc_ms) {
  metadata["creationTimestamp"] = timestamp(utc_ms);
  return {{"kind", kind},
          {"apiVersion", kGroupVersion},
          {"metadata", std::move(metadata)},
          {"timestamp", timestamp(utc_ms)},
          {"window", kWindow}};
}

json::object node_metrics(const NodeUsage& node) {
  auto metrics = head("NodeMetrics", {{"name", node.name}}, node.usage->utc_ms);
  metrics["usage"] = quantities(*node.usage);
  return metrics;
}

json::object pod_metrics(const PodUsage& pod) {
  auto metrics = head("PodMetrics", {{"name", pod.name}, {"namespace", pod.pod_namespace}},
                      pod.containers.front().usage.utc_ms);
  json::array containers;
  for (const auto& container : pod.containers)
    containers.push_back(
        json::object{{"name", container.name}, {"usage", quantities(container.usage)}});
  metrics["containers"] = std::move(containers);
  return metrics;
}

json::array node_items(const std::vector<NodeUsage>& nodes) {
  json::array items;
  for (const auto& node : nodes)
    if (node.usage) items.push_back(node_metrics(node));
  return items;
}

json::array pod_items(const std::vector<NodeUsage>& nodes, std::string_view pod_namespace) {
  json::array items;
  for (const auto& node : nodes)
    for (const auto& pod : node.pods)
      if (pod_namespace.empty() || pod.pod_namespace == pod_namespace)
        items.push_back(pod_metrics(pod));
  return items;
}

std::pair<std::string, std::string> name_of(const json::value& object) {
  const auto& metadata = kube::object_at(object, "metadata");
  return {kube::text_at(metadata, "namespace"), kube::text_at(metadata, "name")};
}

void keep(json::array& items, const Names& names) {
  json::array kept;
  for (auto& item : items)
    if (names.contains(name_of(item))) kept.push_back(std::move(item));
  items = std::move(kept);
}

/// The path's parts after the root.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // its slash
    const auto end = path.find('/');
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return parts;
}

std::string selector_in(std::string_view query) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto field = query.substr(0, end);
    if (field.starts_with("labelSelector=")) return std::string(field);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
  return {};
}

/// What the API machinery calls an error.
struct Reason {
  int status;
  const char* name;
};

Reason reason_of(ErrorCode code) {
  if (code == ErrorCode::kNotFound) return {404, "NotFound"};
  if (code == ErrorCode::kInvalid) return {400, "BadRequest"};
  return {503, "ServiceUnavailable"};
}

net::HttpResponse refusal(const base::Error& error) {
  const auto reason = reason_of(error.code);
  return kube::status_object(reason.status, reason.name, error.message);
}

}  // namespace

MetricsApi::MetricsApi(base::asio::any_io_executor executor, kube::KubeApi& api,
                       const base::Clock& clock)
    : api_(api), samples_(executor, api, clock) {}

Result<MetricsApi::Wanted> MetricsApi::wanted(std::string_view target) {
  const auto question = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, question);
  Wanted wanted;
  if (path.starts_with(kRoot)) {
    const auto parts = parts_of(path.substr(kRoot.size()));
    if (question < target.size()) wanted.selector = selector_in(target.substr(question + 1));
    if (parts.empty()) return wanted;
    const bool scoped = parts[0] == "namespaces" && parts.size() > 2;
    const std::size_t at = scoped ? 2 : 0;
    if (scoped) wanted.pod_namespace = parts[1];
    if (parts.size() > at + 1) wanted.name = parts[at + 1];
    wanted.kind = parts[at] == "pods" ? Wanted::Kind::kPods : Wanted::Kind::kNodes;
    const bool known = parts[at] == "pods" || (parts[at] == "nodes" && !scoped);
    const bool named_pod = wanted.kind == Wanted::Kind::kPods && !wanted.name.empty();
    if (known && parts.size() <= at + 2 && (scoped || !named_pod)) return wanted;
  }
  return base::fail(ErrorCode::kNotFound, "the server could not find the requested resource");
}

Task<Result<std::string>> MetricsApi::tell(const Wanted& wanted) {
  auto nodes = co_await samples_.now();
  if (!nodes) co_return base::fail(nodes);
  const bool pods = wanted.kind == Wanted::Kind::kPods;
  auto items = pods ? pod_items(**nodes, wanted.pod_namespace) : node_items(**nodes);
  if (!wanted.name.empty()) {
    for (const auto& item : items)
      if (name_of(item).second == wanted.name) co_return json::serialize(item);
    co_return base::fail(ErrorCode::kNotFound,
                         fmt::format("{}.metrics.k8s.io \"{}\" not found: it has no figures (yet)",
                                     pods ? "pods" : "nodes", wanted.name));
  }
  if (!wanted.selector.empty()) {
    const auto scope = wanted.pod_namespace.empty() ? "" : "/namespaces/" + wanted.pod_namespace;
    auto selected = co_await kube::get_json(
        api_, "/api/v1" + scope + (pods ? "/pods?" : "/nodes?") + wanted.selector);
    if (!selected) co_return base::fail(selected);
    Names names;
    for (const auto& object : kube::array_at(*selected, "items")) names.insert(name_of(object));
    keep(items, names);
  }
  co_return json::serialize(json::object{{"kind", pods ? "PodMetricsList" : "NodeMetricsList"},
                                         {"apiVersion", kGroupVersion},
                                         {"metadata", json::object{}},
                                         {"items", std::move(items)}});
}

Task<net::HttpResponse> MetricsApi::answer(net::HttpRequest request) {
  if (request.method != "GET")
    co_return kube::status_object(405, "MethodNotAllowed", "metrics are read, not written");
  auto what = wanted(request.target);
  if (!what) co_return refusal(what.error());
  net::HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  if (what->kind == Wanted::Kind::kResources) {
    response.body = resource_list();
    co_return response;
  }
  auto said = co_await tell(*what);
  if (!said) co_return refusal(said.error());
  response.body = *std::move(said);
  co_return response;
}

}  // namespace slipway::metrics
