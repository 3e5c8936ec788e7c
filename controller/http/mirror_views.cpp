// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_views.hpp"

#include <boost/json.hpp>

#include "controller/http/encoding.hpp"
#include "controller/http/object_views.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

json::object meta_view(const wire::ObjectMeta& meta) {
  json::object out{{"uid", meta.uid()}, {"name", meta.name()}};
  put_text(out, "namespace", meta.pod_namespace());
  put_text(out, "resourceVersion", meta.resource_version());
  put_time(out, "createdAt", meta.created_utc_ms());
  put_time(out, "deletedAt", meta.deleted_utc_ms());
  if (meta.labels_size() > 0) out["labels"] = map_view(meta.labels());
  if (!meta.owner_name().empty()) {
    out["owner"] = json::object{
        {"kind", meta.owner_kind()}, {"name", meta.owner_name()}, {"uid", meta.owner_uid()}};
  }
  return out;
}

void put(json::object& out, const wire::PodRow& pod) {
  out["phase"] = pod.phase();
  out["status"] = pod.status().empty() ? pod.phase() : pod.status();
  put_text(out, "reason", pod.reason());
  put_text(out, "node", pod.node());
  put_text(out, "podIp", pod.pod_ip());
  out["ready"] = pod.ready();
  out["restarts"] = pod.restarts();
  json::array containers;
  for (const auto& container : pod.containers()) {
    json::object one{{"name", container.name()},         {"image", container.image()},
                     {"state", container.state()},       {"ready", container.ready()},
                     {"restarts", container.restarts()}, {"init", container.init()}};
    put_text(one, "reason", container.reason());
    containers.push_back(std::move(one));
  }
  out["containers"] = std::move(containers);
  if (pod.claims_size() > 0) out["claims"] = list_view(pod.claims());
}

void put(json::object& out, const wire::EventRow& event) {
  out["type"] = event.type();
  out["reason"] = event.reason();
  out["message"] = event.message();
  out["count"] = event.count();
  put_time(out, "lastAt", event.last_utc_ms());
  json::object object{{"kind", event.object_kind()}, {"name", event.object_name()}};
  put_text(object, "namespace", event.object_namespace());
  out["object"] = std::move(object);
}

}  // namespace

void put_freshness(json::object& out, const mirror::Freshness& fresh) {
  if (fresh.known) out["asOf"] = base::to_rfc3339(fresh.as_of);
  if (!fresh.live) {
    out["stale"] = fresh.error.empty() ? "the cluster is not being watched now" : fresh.error;
  }
}

json::object view(const wire::MirrorRow& row) {
  auto out = meta_view(row.meta());
  switch (row.row_case()) {
    case wire::MirrorRow::kNs:
      out["phase"] = row.ns().phase();
      break;
    case wire::MirrorRow::kPod:
      put(out, row.pod());
      break;
    case wire::MirrorRow::kEvent:
      put(out, row.event());
      break;
    case wire::MirrorRow::kWorkload:
      put(out, row.workload());
      break;
    case wire::MirrorRow::kService:
      put(out, row.service());
      break;
    case wire::MirrorRow::kJob:
      put(out, row.job());
      break;
    case wire::MirrorRow::kCronJob:
      put(out, row.cron_job());
      break;
    case wire::MirrorRow::kIngress:
      put(out, row.ingress());
      break;
    case wire::MirrorRow::kData:
      put(out, row.data());
      break;
    case wire::MirrorRow::kClaim:
      put(out, row.claim());
      break;
    case wire::MirrorRow::kVolume:
      put(out, row.volume());
      break;
    case wire::MirrorRow::kStorageClass:
      put(out, row.storage_class());
      break;
    case wire::MirrorRow::kQuota:
      put(out, row.quota());
      break;
    case wire::MirrorRow::kLimitRange:
      put(out, row.limit_range());
      break;
    case wire::MirrorRow::kAutoscaler:
      put(out, row.autoscaler());
      break;
    case wire::MirrorRow::kApplication:
      put(out, row.meta().name(), row.application());
      break;
    case wire::MirrorRow::kRoleBinding:  // the controller's own business
    case wire::MirrorRow::kNode:         // nodes are shown with their machine and link
    case wire::MirrorRow::ROW_NOT_SET:
      break;
  }
  return out;
}

}  // namespace slipway::http
