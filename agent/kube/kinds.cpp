// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kinds.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxLabels = 64;

constexpr Kind kKinds[] = {
    {"nodes", "", project_node},
    {"namespaces", "", project_namespace},
    {"pods", "", project_pod},
    {"events", "", project_event},
    {"services", "", project_service},
    {"deployments", "apps", project_deployment},
    {"replicasets", "apps", project_replica_set},
    {"rolebindings", "rbac.authorization.k8s.io", project_role_binding},
};

const json::value* controller_of(const json::value& metadata) {
  const json::value* first = nullptr;
  for (const auto& owner : array_at(metadata, "ownerReferences")) {
    if (bool_at(owner, "controller")) return &owner;
    if (first == nullptr) first = &owner;
  }
  return first;
}

void project_meta(const json::value& object, wire::ObjectMeta& meta) {
  const auto& metadata = object_at(object, "metadata");
  meta.set_uid(text_at(metadata, "uid"));
  meta.set_name(text_at(metadata, "name"));
  meta.set_pod_namespace(text_at(metadata, "namespace"));
  meta.set_resource_version(text_at(metadata, "resourceVersion"));
  meta.set_created_utc_ms(utc_ms_at(metadata, "creationTimestamp"));
  meta.set_deleted_utc_ms(utc_ms_at(metadata, "deletionTimestamp"));
  for (const auto& [key, value] : members_at(metadata, "labels")) {
    if (!value.is_string() || meta.labels_size() >= static_cast<int>(kMaxLabels)) continue;
    (*meta.mutable_labels())[std::string(key)] = std::string(value.get_string());
  }
  if (const auto* owner = controller_of(metadata)) {
    meta.set_owner_kind(text_at(*owner, "kind"));
    meta.set_owner_name(text_at(*owner, "name"));
    meta.set_owner_uid(text_at(*owner, "uid"));
  }
}

}  // namespace

std::span<const Kind> mirrored_kinds() {
  return kKinds;
}

wire::MirrorRow project(const Kind& kind, const json::value& object) {
  wire::MirrorRow row;
  project_meta(object, *row.mutable_meta());
  kind.project(object, row);
  return row;
}

}  // namespace slipway::kube
