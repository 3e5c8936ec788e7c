// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/projections.hpp"

#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr int kMaxSubjects = 64;
constexpr std::string_view kRoleLabel = "node-role.kubernetes.io/";

/// `targetPort` is a number or a name.
std::string target_of(const json::value& port) {
  const auto& target = object_at(port, "targetPort");
  return target.is_int64() ? std::to_string(target.get_int64()) : text_at(port, "targetPort");
}

}  // namespace

void project_node(const json::value& object, wire::MirrorRow& row) {
  auto& node = *row.mutable_node();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  for (const auto& condition : array_at(status, "conditions")) {
    const auto type = text_at(condition, "type");
    const bool holds = text_at(condition, "status") == "True";
    if (type == "Ready") {
      node.set_ready(holds);
      node.set_ready_reason(text_at(condition, "reason"));
      node.set_ready_since_utc_ms(utc_ms_at(condition, "lastTransitionTime"));
      node.set_heartbeat_utc_ms(utc_ms_at(condition, "lastHeartbeatTime"));
    } else if (holds) {
      node.add_pressures(type);
    }
  }
  for (const auto& address : array_at(status, "addresses")) {
    if (text_at(address, "type") == "InternalIP" && node.internal_ip().empty()) {
      node.set_internal_ip(text_at(address, "address"));
    }
  }
  for (const auto& [key, value] : members_at(object_at(object, "metadata"), "labels")) {
    const std::string_view label = key;
    if (label.starts_with(kRoleLabel)) node.add_roles(std::string(label.substr(kRoleLabel.size())));
  }
  node.set_version(text_at(object_at(status, "nodeInfo"), "kubeletVersion"));
  node.set_unschedulable(bool_at(spec, "unschedulable"));
  node.set_pod_cidr(text_at(spec, "podCIDR"));
}

void project_namespace(const json::value& object, wire::MirrorRow& row) {
  row.mutable_ns()->set_phase(text_at(object_at(object, "status"), "phase"));
}

void project_event(const json::value& object, wire::MirrorRow& row) {
  auto& event = *row.mutable_event();
  const auto& involved = object_at(object, "involvedObject");
  const auto& series = object_at(object, "series");
  event.set_type(text_at(object, "type"));
  event.set_reason(text_at(object, "reason"));
  event.set_message(wire::head_of(text_at(object, "message"), kMaxMessageBytes));
  event.set_object_kind(text_at(involved, "kind"));
  event.set_object_name(text_at(involved, "name"));
  event.set_object_namespace(text_at(involved, "namespace"));
  event.set_count(std::max({count_at(object, "count"), count_at(series, "count"), 1U}));
  auto last = utc_ms_at(series, "lastObservedTime");
  if (last == 0) last = utc_ms_at(object, "lastTimestamp");
  if (last == 0) last = utc_ms_at(object, "eventTime");
  if (last == 0) last = utc_ms_at(object_at(object, "metadata"), "creationTimestamp");
  event.set_last_utc_ms(last);
}

void project_service(const json::value& object, wire::MirrorRow& row) {
  auto& service = *row.mutable_service();
  const auto& spec = object_at(object, "spec");
  service.set_type(text_at(spec, "type"));
  service.set_cluster_ip(text_at(spec, "clusterIP"));
  for (const auto& from : array_at(spec, "ports")) {
    if (service.ports_size() >= kMaxParts) break;
    auto& port = *service.add_ports();
    port.set_name(text_at(from, "name"));
    port.set_port(count_at(from, "port"));
    port.set_target(target_of(from));
    port.set_node_port(count_at(from, "nodePort"));
    port.set_protocol(text_at(from, "protocol"));
  }
  copy_texts(members_at(spec, "selector"), *service.mutable_selector());
  for (const auto& address : array_at(spec, "externalIPs")) {
    if (address.is_string()) service.add_addresses(std::string(address.get_string()));
  }
  for (const auto& address :
       array_at(object_at(object_at(object, "status"), "loadBalancer"), "ingress")) {
    const auto ip = text_at(address, "ip");
    service.add_addresses(ip.empty() ? text_at(address, "hostname") : ip);
  }
}

void project_role_binding(const json::value& object, wire::MirrorRow& row) {
  auto& binding = *row.mutable_role_binding();
  const auto& role = object_at(object, "roleRef");
  binding.set_role_kind(text_at(role, "kind"));
  binding.set_role(text_at(role, "name"));
  for (const auto& subject : array_at(object, "subjects")) {
    if (binding.subjects_size() >= kMaxSubjects) break;
    const auto in = text_at(subject, "namespace");
    binding.add_subjects(text_at(subject, "kind") + " " + (in.empty() ? "" : in + "/") +
                         text_at(subject, "name"));
  }
}

void project_application(const json::value& object, wire::MirrorRow& row) {
  const auto& descriptor = object_at(object_at(object, "spec"), "descriptor");
  row.mutable_application()->set_description(
      wire::head_of(text_at(descriptor, "description"), kMaxMessageBytes));
}

}  // namespace slipway::kube
