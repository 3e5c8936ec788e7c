// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_views.hpp"

#include <boost/json.hpp>

#include "controller/http/encoding.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

void put_time(json::object& out, const char* name, std::int64_t ms) {
  if (ms > 0) out[name] = base::to_rfc3339(base::from_unix_ms(ms));
}

template <class Map>
json::object map_view(const Map& map) {
  json::object out;
  for (const auto& [key, value] : map) out[key] = value;
  return out;
}

json::object meta_view(const wire::ObjectMeta& meta) {
  json::object out{{"uid", meta.uid()}, {"name", meta.name()}};
  put_text(out, "namespace", meta.pod_namespace());
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

void put(json::object& out, const wire::WorkloadRow& workload) {
  out["desired"] = workload.desired();
  out["ready"] = workload.ready();
  out["updated"] = workload.updated();
  out["available"] = workload.available();
  json::array images;
  for (const auto& image : workload.images()) images.emplace_back(image);
  out["images"] = std::move(images);
  put_text(out, "condition", workload.condition());
}

void put(json::object& out, const wire::ServiceRow& service) {
  out["type"] = service.type();
  put_text(out, "clusterIp", service.cluster_ip());
  out["selector"] = map_view(service.selector());
  json::array ports;
  for (const auto& port : service.ports()) {
    json::object one{{"port", port.port()}};
    put_text(one, "name", port.name());
    put_text(one, "target", port.target());
    put_text(one, "protocol", port.protocol());
    if (port.node_port() != 0) one["nodePort"] = port.node_port();
    ports.push_back(std::move(one));
  }
  out["ports"] = std::move(ports);
}

}  // namespace

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
    case wire::MirrorRow::kRoleBinding:  // the controller's own business
    case wire::MirrorRow::kNode:         // nodes are shown with their machine and link
    case wire::MirrorRow::ROW_NOT_SET:
      break;
  }
  return out;
}

}  // namespace slipway::http
