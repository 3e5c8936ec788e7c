// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_kinds.hpp"

#include "controller/http/application_rows.hpp"
#include "controller/http/lists.hpp"
#include "controller/workloads/workload_state.hpp"

namespace slipway::http {

namespace {

using Row = const wire::MirrorRow&;
using enum Column::Use;

std::string sortable_time(std::int64_t ms) {
  return sortable(static_cast<std::uint64_t>(ms > 0 ? ms : 0));
}

std::string owner_of(Row row) {
  const auto& meta = row.meta();
  return meta.owner_name().empty() ? std::string{} : meta.owner_kind() + "/" + meta.owner_name();
}

constexpr Column kCommon[] = {
    {"name", kSort, [](Row row) { return row.meta().name(); }},
    {"namespace", kSort, [](Row row) { return row.meta().pod_namespace(); }},
    {"created", kSort, [](Row row) { return sortable_time(row.meta().created_utc_ms()); }},
    {"application", kBoth, applications::application_of},
    {"owner", kFilter, owner_of},
};

constexpr Column kNamespaceColumns[] = {
    {"status", kBoth, [](Row row) { return row.ns().phase(); }, "Active Terminating"},
};
constexpr Column kPodColumns[] = {
    {"status", kBoth,
     [](Row row) { return row.pod().status().empty() ? row.pod().phase() : row.pod().status(); }},
    {"phase", kFilter, [](Row row) { return row.pod().phase(); },
     "Pending Running Succeeded Failed Unknown"},
    {"node", kBoth, [](Row row) { return row.pod().node(); }},
    {"podIp", kBoth, [](Row row) { return row.pod().pod_ip(); }},
    {"restarts", kSort, [](Row row) { return sortable(row.pod().restarts()); }},
};
constexpr Column kWorkloadColumns[] = {
    {"status", kBoth,
     [](Row row) { return workloads::name_of(workloads::state_of(row.workload())); },
     "running stopped not_ready processing"},
    {"desired", kSort, [](Row row) { return sortable(row.workload().desired()); }},
    {"ready", kSort, [](Row row) { return sortable(row.workload().ready()); }},
};
constexpr Column kJobColumns[] = {
    {"status", kBoth, [](Row row) { return workloads::name_of(row.job().status()); },
     "running complete failed suspended"},
    {"started", kSort, [](Row row) { return sortable_time(row.job().started_utc_ms()); }},
    {"completed", kSort, [](Row row) { return sortable_time(row.job().completed_utc_ms()); }},
};
constexpr Column kCronJobColumns[] = {
    {"status", kBoth,
     [](Row row) { return std::string(row.cron_job().suspended() ? "suspended" : "running"); },
     "running suspended"},
    {"lastScheduled", kSort,
     [](Row row) { return sortable_time(row.cron_job().last_scheduled_utc_ms()); }},
};
constexpr Column kServiceColumns[] = {
    {"type", kBoth, [](Row row) { return row.service().type(); },
     "ClusterIP NodePort LoadBalancer ExternalName"},
    {"clusterIp", kBoth, [](Row row) { return row.service().cluster_ip(); }},
};
constexpr Column kIngressColumns[] = {
    {"class", kBoth, [](Row row) { return row.ingress().ingress_class(); }},
};
constexpr Column kConfigMapColumns[] = {
    {"size", kSort, [](Row row) { return sortable(row.data().bytes()); }},
};
constexpr Column kSecretColumns[] = {
    {"type", kBoth, [](Row row) { return row.data().type(); }},
    {"size", kSort, [](Row row) { return sortable(row.data().bytes()); }},
};
constexpr Column kClaimColumns[] = {
    {"status", kBoth, [](Row row) { return row.claim().phase(); }, "Pending Bound Lost"},
    {"class", kBoth, [](Row row) { return row.claim().storage_class(); }},
    {"volume", kBoth, [](Row row) { return row.claim().volume(); }},
    {"size", kSort, [](Row row) { return sortable(row.claim().bytes()); }},
};
constexpr Column kVolumeColumns[] = {
    {"status", kBoth, [](Row row) { return row.volume().phase(); },
     "Pending Available Bound Released Failed"},
    {"class", kBoth, [](Row row) { return row.volume().storage_class(); }},
    {"claim", kFilter,
     [](Row row) { return row.volume().claim_namespace() + "/" + row.volume().claim_name(); }},
    {"size", kSort, [](Row row) { return sortable(row.volume().bytes()); }},
};
constexpr Column kStorageClassColumns[] = {
    {"provisioner", kBoth, [](Row row) { return row.storage_class().provisioner(); }},
};
constexpr Column kAutoscalerColumns[] = {
    {"target", kFilter,
     [](Row row) { return row.autoscaler().target_kind() + "/" + row.autoscaler().target_name(); }},
};
constexpr Column kApplicationColumns[] = {
    {"status", kBoth, [](Row row) { return row.application().status(); },
     "none running stopped not_ready processing"},
    {"workloads", kSort, [](Row row) { return sortable(row.application().workloads()); }},
};
constexpr Column kEventColumns[] = {
    {"type", kBoth, [](Row row) { return row.event().type(); }, "Normal Warning"},
    {"reason", kBoth, [](Row row) { return row.event().reason(); }},
    {"object", kFilter,
     [](Row row) { return row.event().object_kind() + "/" + row.event().object_name(); }},
    {"last", kSort, [](Row row) { return sortable_time(row.event().last_utc_ms()); }},
    {"count", kSort, [](Row row) { return sortable(row.event().count()); }},
};

std::string text_of_event(Row row) {
  return row.event().object_name() + "\n" + row.event().reason() + "\n" + row.event().message();
}
std::string text_of_ingress(Row row) {
  std::string text;
  for (const auto& path : row.ingress().paths()) text += path.host() + path.path() + "\n";
  return text;
}

constexpr ShownKind kShown[] = {
    {"namespaces", Scope::kNamespace, kNamespaceColumns},
    {"pods", Scope::kNamespaced, kPodColumns, [](Row row) { return row.pod().pod_ip(); }},
    {"deployments", Scope::kNamespaced, kWorkloadColumns},
    {"statefulsets", Scope::kNamespaced, kWorkloadColumns},
    {"daemonsets", Scope::kNamespaced, kWorkloadColumns},
    {"replicasets", Scope::kNamespaced, kWorkloadColumns},
    {"jobs", Scope::kNamespaced, kJobColumns},
    {"cronjobs", Scope::kNamespaced, kCronJobColumns},
    {"services", Scope::kNamespaced, kServiceColumns,
     [](Row row) { return row.service().cluster_ip(); }},
    {"ingresses", Scope::kNamespaced, kIngressColumns, text_of_ingress},
    {"configmaps", Scope::kNamespaced, kConfigMapColumns},
    // As the API server has it: who only reads does not even see what keys there are.
    {"secrets", Scope::kNamespaced, kSecretColumns, nullptr, access::Act::kWrite},
    {"persistentvolumeclaims", Scope::kNamespaced, kClaimColumns},
    {"persistentvolumes", Scope::kVolume, kVolumeColumns,
     [](Row row) { return row.volume().claim_name(); }},
    {"storageclasses", Scope::kShared, kStorageClassColumns},
    {"resourcequotas", Scope::kNamespaced, {}},
    {"limitranges", Scope::kNamespaced, {}},
    {"horizontalpodautoscalers", Scope::kNamespaced, kAutoscalerColumns,
     [](Row row) { return row.autoscaler().target_name(); }},
    {"events", Scope::kNamespaced, kEventColumns, text_of_event},
    {"applications", Scope::kNamespaced, kApplicationColumns,
     [](Row row) { return row.application().description(); }, access::Act::kLook, completion_of},
};

}  // namespace

std::span<const ShownKind> shown_kinds() {
  return kShown;
}

std::span<const Column> common_columns() {
  return kCommon;
}

}  // namespace slipway::http
