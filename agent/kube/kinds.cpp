// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kinds.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxRowBytes = 32 << 10;  ///< what is larger, somebody made so on purpose

constexpr Kind kKinds[] = {
    {"nodes", "", project_node},
    {"namespaces", "", project_namespace},
    {"pods", "", project_pod},
    {"events", "", project_event},
    {"services", "", project_service},
    {"deployments", "apps", project_deployment},
    {"replicasets", "apps", project_replica_set},
    {"statefulsets", "apps", project_stateful_set},
    {"daemonsets", "apps", project_daemon_set},
    {"jobs", "batch", project_job},
    {"cronjobs", "batch", project_cron_job},
    {"ingresses", "networking.k8s.io", project_ingress},
    {"configmaps", "", project_config_map},
    {"secrets", "", project_secret},
    {"persistentvolumeclaims", "", project_claim},
    {"persistentvolumes", "", project_volume},
    {"storageclasses", "storage.k8s.io", project_storage_class},
    {"resourcequotas", "", project_quota},
    {"limitranges", "", project_limit_range},
    // v1 knows the CPU alone, and is what 1.20 prefers.
    {"horizontalpodautoscalers", "autoscaling", project_autoscaler, "v2 v2beta2"},
    {"rolebindings", "rbac.authorization.k8s.io", project_role_binding},
    // By a definition that the controller has made: until then it is asked for again and again.
    {"applications", "app.k8s.io", project_application},
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
  copy_texts(members_at(metadata, "labels"), *meta.mutable_labels());
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
  if (row.ByteSizeLong() <= kMaxRowBytes) return row;
  wire::MirrorRow bare;  // it stays in the list, with its details at the API server
  project_meta(object, *bare.mutable_meta());
  bare.mutable_meta()->clear_labels();
  kind.project({}, bare);
  return bare;
}

}  // namespace slipway::kube
