// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/written.hpp"

#include <boost/json.hpp>
#include <string_view>

#include "protocol/base/json_text.hpp"

namespace slipway::manifest {

namespace {

namespace json = boost::json;

/// They change with each write, be it one of the status.
constexpr std::string_view kOfTheServer[] = {"generation", "managedFields", "resourceVersion",
                                             "selfLink"};
constexpr std::string_view kOfControllers[] = {
    "deployment.kubernetes.io/revision",  // a Deployment's newest ReplicaSet
    // The status of a HorizontalPodAutoscaler, where autoscaling/v1 has no fields for it.
    "autoscaling.alpha.kubernetes.io/conditions",
    "autoscaling.alpha.kubernetes.io/current-metrics",
};

json::object* object_at(json::object& from, std::string_view key) {
  auto* value = from.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

std::string text_at(const json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

/// Up to 1.23 Kubernetes makes a Secret for each ServiceAccount and names it there.
void drop_token(json::object& account, const std::string& name) {
  auto* secrets = account.if_contains("secrets");
  if (secrets == nullptr || !secrets->is_array()) return;
  auto& all = secrets->get_array();
  for (auto at = all.begin(); at != all.end();) {
    const auto* one = at->if_object();
    const bool token = one != nullptr && text_at(*one, "name").starts_with(name + "-token-");
    at = token ? all.erase(at) : at + 1;
  }
  if (all.empty()) account.erase("secrets");
}

}  // namespace

std::string written_text(const json::object& object) {
  auto written = object;
  written.erase("status");
  if (auto* metadata = object_at(written, "metadata")) {
    for (const auto key : kOfTheServer) metadata->erase(key);
    if (auto* annotations = object_at(*metadata, "annotations")) {
      for (const auto key : kOfControllers) annotations->erase(key);
      if (annotations->empty()) metadata->erase("annotations");
    }
    if (text_at(written, "kind") == "ServiceAccount") {
      drop_token(written, text_at(*metadata, "name"));
    }
  }
  // Where the scheduler put it.
  auto* spec = text_at(written, "kind") == "Pod" ? object_at(written, "spec") : nullptr;
  if (spec != nullptr) spec->erase("nodeName");
  return base::canonical_json(written);
}

}  // namespace slipway::manifest
