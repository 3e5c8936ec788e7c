// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/bootstrap/cluster.hpp"

#include <boost/json.hpp>

namespace slipway::simulation {
namespace {

namespace json = boost::json;
constexpr auto kNodes = "/api/v1/nodes/";

void merge(json::object& into, const json::object& patch) {
  for (const auto& [key, value] : patch) {
    auto* present = into.if_contains(key);
    if (value.is_object() && present && present->is_object())
      merge(present->get_object(), value.get_object());
    else
      into[key] = value;
  }
}

}  // namespace

void Cluster::register_node(const std::string& name) {
  if (has_node()) return;
  node_ = {{"metadata", {{"name", name}, {"labels", json::object{}}}}, {"spec", json::object{}}};
}

bootstrap::Answer Cluster::node_answer(const bootstrap::Call& call, bool kubelet_works,
                                       bool network) {
  if (!has_node()) return {404, R"({"message":"nodes not found"})"};
  if (call.method == "PATCH") {
    merge(node_, json::parse(call.body).get_object());
    return {200, "{}"};
  }
  json::object shown = node_;
  const bool ready = kubelet_works && network && shown["spec"].get_object().contains("podCIDR");
  const json::object condition{{"type", "Ready"},
                               {"status", ready ? "True" : "False"},
                               {"message", ready ? "" : "kubelet does not work yet"}};
  shown["status"] = json::object{{"conditions", json::array{condition}}};
  return {200, json::serialize(shown)};
}

bootstrap::Answer Cluster::answer(const bootstrap::Call& call, bool kubelet_works, bool network) {
  if (call.path.starts_with(kNodes)) return node_answer(call, kubelet_works, network);
  if (call.method == "POST") {
    const bool made = objects_.insert(call.path).second;
    return made ? bootstrap::Answer{201, "{}"} : bootstrap::Answer{409, "{}"};
  }
  if (call.path.find("/csinodes/") != std::string::npos)
    return has_node() ? bootstrap::Answer{200, "{}"} : bootstrap::Answer{404, "{}"};
  if (call.path.ends_with("/cluster-info"))
    return {200, R"({"data":{"jws-kubeconfig-abcdef":"signed"}})"};
  return {200, "{}"};
}

}  // namespace slipway::simulation
