// SPDX-License-Identifier: Apache-2.0
#include "controller/http/object_views.hpp"

#include <boost/json.hpp>

#include "controller/http/application_views.hpp"
#include "controller/http/encoding.hpp"
#include "controller/workloads/workload_state.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

json::object uses_view(const wire::UsedObjects& uses) {
  return {{"configMaps", list_view(uses.config_maps())},
          {"secrets", list_view(uses.secrets())},
          {"claims", list_view(uses.claims())}};
}

}  // namespace

void put(json::object& out, const wire::WorkloadRow& workload) {
  out["status"] = workloads::name_of(workloads::state_of(workload));
  out["desired"] = workload.desired();
  out["ready"] = workload.ready();
  out["updated"] = workload.updated();
  out["available"] = workload.available();
  out["images"] = list_view(workload.images());
  put_text(out, "condition", workload.condition());
  put_text(out, "strategy", workload.strategy());
  out["selector"] = map_view(workload.selector());
  out["podLabels"] = map_view(workload.pod_labels());
  out["uses"] = uses_view(workload.uses());
  if (workload.stopped() && workload.stopped_replicas() > 0) {
    out["stoppedReplicas"] = workload.stopped_replicas();
  }
  if (workload.paused()) out["paused"] = true;
  if (workload.revision() > 0) out["revision"] = workload.revision();
}

void put(json::object& out, const wire::JobRow& job) {
  out["status"] = workloads::name_of(job.status());
  if (job.completions() > 0) out["completions"] = job.completions();
  out["parallelism"] = job.parallelism();
  out["active"] = job.active();
  out["succeeded"] = job.succeeded();
  out["failed"] = job.failed();
  put_time(out, "startedAt", job.started_utc_ms());
  put_time(out, "completedAt", job.completed_utc_ms());
  out["images"] = list_view(job.images());
  put_text(out, "condition", job.condition());
  out["uses"] = uses_view(job.uses());
}

void put(json::object& out, const wire::CronJobRow& job) {
  out["status"] = job.suspended() ? "suspended" : "running";
  out["schedule"] = job.schedule();
  out["concurrencyPolicy"] = job.concurrency();
  out["active"] = job.active();
  put_time(out, "lastScheduledAt", job.last_scheduled_utc_ms());
  out["images"] = list_view(job.images());
  out["uses"] = uses_view(job.uses());
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
  if (service.addresses_size() > 0) out["addresses"] = list_view(service.addresses());
}

void put(json::object& out, const wire::IngressRow& ingress) {
  put_text(out, "class", ingress.ingress_class());
  json::array paths;
  for (const auto& from : ingress.paths()) {
    json::object path{{"service", from.service()}, {"port", from.port()}};
    put_text(path, "host", from.host());
    put_text(path, "path", from.path());
    put_text(path, "pathType", from.path_type());
    paths.push_back(std::move(path));
  }
  out["paths"] = std::move(paths);
  out["addresses"] = list_view(ingress.addresses());
  out["tlsHosts"] = list_view(ingress.tls_hosts());
}

void put(json::object& out, const wire::DataRow& data) {
  put_text(out, "type", data.type());
  json::array keys;
  for (const auto& key : data.keys()) {
    keys.push_back(json::object{{"name", key.name()}, {"bytes", key.bytes()}});
  }
  out["keys"] = std::move(keys);
  out["keyCount"] = data.key_count();
  out["bytes"] = data.bytes();
  out["immutable"] = data.immutable();
}

void put(json::object& out, const wire::ClaimRow& claim) {
  out["status"] = claim.phase();
  put_text(out, "class", claim.storage_class());
  put_text(out, "volume", claim.volume());
  out["requested"] = claim.requested();
  put_text(out, "capacity", claim.capacity());
  out["bytes"] = claim.bytes();
  out["accessModes"] = list_view(claim.access_modes());
  put_text(out, "volumeMode", claim.volume_mode());
  put_text(out, "condition", claim.condition());
}

void put(json::object& out, const wire::VolumeRow& volume) {
  out["status"] = volume.phase();
  put_text(out, "class", volume.storage_class());
  out["capacity"] = volume.capacity();
  out["bytes"] = volume.bytes();
  out["accessModes"] = list_view(volume.access_modes());
  put_text(out, "reclaimPolicy", volume.reclaim_policy());
  put_text(out, "reason", volume.reason());
  if (volume.claim_name().empty()) return;
  out["claim"] =
      json::object{{"namespace", volume.claim_namespace()}, {"name", volume.claim_name()}};
}

void put(json::object& out, const wire::StorageClassRow& storage) {
  out["provisioner"] = storage.provisioner();
  put_text(out, "reclaimPolicy", storage.reclaim_policy());
  put_text(out, "bindingMode", storage.binding_mode());
  out["expandable"] = storage.expandable();
  out["isDefault"] = storage.is_default();
  out["accessModes"] = list_view(storage.access_modes());
  out["parameters"] = map_view(storage.parameters());
}

void put(json::object& out, const wire::QuotaRow& quota) {
  out["hard"] = map_view(quota.hard());
  out["used"] = map_view(quota.used());
}

void put(json::object& out, const wire::LimitRangeRow& range) {
  json::array limits;
  for (const auto& item : range.items()) {
    limits.push_back(json::object{{"type", item.type()},
                                  {"max", map_view(item.max())},
                                  {"min", map_view(item.min())},
                                  {"default", map_view(item.default_limits())},
                                  {"defaultRequest", map_view(item.default_requests())}});
  }
  out["limits"] = std::move(limits);
}

void put(json::object& out, const wire::AutoscalerRow& autoscaler) {
  out["target"] =
      json::object{{"kind", autoscaler.target_kind()}, {"name", autoscaler.target_name()}};
  out["min"] = autoscaler.min();
  out["max"] = autoscaler.max();
  out["current"] = autoscaler.current();
  out["desired"] = autoscaler.desired();
  json::array metrics;
  for (const auto& from : autoscaler.metrics()) {
    json::object metric{{"name", from.name()}, {"target", from.target()}};
    put_text(metric, "current", from.current());
    metrics.push_back(std::move(metric));
  }
  out["metrics"] = std::move(metrics);
  put_text(out, "condition", autoscaler.condition());
}

void put(json::object& out, const std::string& name, const wire::ApplicationRow& application) {
  put_text(out, "description", application.description());
  out["status"] = application.status();
  out["counts"] = json::object{{"workloads", application.workloads()},
                               {"jobs", application.jobs()},
                               {"services", application.services()},
                               {"ingresses", application.ingresses()}};
  const auto state = applications::state_named(application.status());
  if (state) out["actions"] = actions_view(name, *state);
}

}  // namespace slipway::http
