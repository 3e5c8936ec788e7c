// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/policy.hpp"

#include <algorithm>
#include <array>

#include "protocol/policy/fields.hpp"
#include "protocol/policy/pod_rules.hpp"

namespace slipway::policy {
namespace {

constexpr std::string_view kOurs = "slipway.io/";
constexpr std::string_view kOfKubernetes = "kube-";
constexpr std::string_view kMirrorPod = "kubernetes.io/config.mirror";
constexpr auto kScheduler = "system:kube-scheduler";
constexpr std::array<std::string_view, 2> kAdministrators{"slipway:administrators",
                                                          "system:masters"};

/// Where a kind holds the template of its pods.
struct Workload {
  std::string_view group;
  std::string_view kind;
  std::string_view template_at;
};
constexpr Workload kWorkloads[] = {
    {"", "PodTemplate", "template."},
    {"", "ReplicationController", "spec.template."},
    {"apps", "Deployment", "spec.template."},
    {"apps", "ReplicaSet", "spec.template."},
    {"apps", "StatefulSet", "spec.template."},
    {"apps", "DaemonSet", "spec.template."},
    {"extensions", "Deployment", "spec.template."},
    {"extensions", "ReplicaSet", "spec.template."},
    {"extensions", "DaemonSet", "spec.template."},
    {"batch", "Job", "spec.template."},
    {"batch", "CronJob", "spec.jobTemplate.spec.template."},
};

bool is_in(const Asker& asker, std::string_view group) {
  return std::ranges::find(asker.groups, group) != asker.groups.end();
}

/// The object at a path whose parts end in dots each.
const json::object& follow(const json::object& from, std::string_view path) {
  const auto* at = &from;
  while (!path.empty()) {
    const auto end = path.find('.');
    at = &object_in(*at, path.substr(0, end));
    path.remove_prefix(end + 1);
  }
  return *at;
}

/// What stood before the rules, or before its namespace was a project's, may go on and be finalized
/// as it is, but not be made into something else.
void check_workload(const Workload& workload, const Change& change, Findings& found) {
  const auto& pods = follow(members(&change.object), workload.template_at);
  if (change.old != nullptr && pods == follow(members(change.old), workload.template_at)) return;
  check_pod({pods, std::string(workload.template_at)}, found);
}

/// Kubelet shows the pods that it runs from its node's own disk by such a pod; that it can make no
/// others, the API server sees to (NodeRestriction).
bool is_mirror_pod(const Change& change) {
  const auto& metadata = object_in(members(&change.object), "metadata");
  return is_in(change.asker, "system:nodes") && has(object_in(metadata, "annotations"), kMirrorPod);
}

void check_one_pod(const Change& change, Findings& found) {
  const auto& pod = members(&change.object);
  if (change.old != nullptr) {
    const auto& before = object_in(members(change.old), "spec");
    const auto& spec = object_in(pod, "spec");
    if (spec == before) return;
    check_pod({pod, "", text_in(spec, "nodeName") == text_in(before, "nodeName")}, found);
  } else if (!is_mirror_pod(change)) {
    check_pod({pod, ""}, found);
  }
}

void check_service(const Change& change, Findings& found) {
  static constexpr std::string_view kAddresses = "externalIPs";
  static const json::array kNone;
  const auto& before =
      change.old == nullptr ? kNone : array_in(object_in(members(change.old), "spec"), kAddresses);
  std::size_t index = 0;
  for (const auto& address : array_in(object_in(members(&change.object), "spec"), kAddresses)) {
    const auto field = "spec.externalIPs[" + std::to_string(index++) + "]";
    if (std::ranges::find(before, address) != before.end()) continue;
    found.add("external-ips", field,
              "the Service takes what is sent to " + in_quotes(text_of(address)) +
                  ", an address that is not the project's");
  }
}

void check_object(const Change& change, Findings& found) {
  const auto is = [&](std::string_view group, std::string_view kind) {
    return change.group == group && change.kind == kind;
  };
  if (is("", "Pod")) return check_one_pod(change, found);
  if (is("", "EphemeralContainers")) {  // of pods/ephemeralcontainers, up to 1.21
    return check_containers(array_in(members(&change.object), "ephemeralContainers"),
                            "ephemeral container", "ephemeralContainers", found);
  }
  if (is("", "Service")) return check_service(change, found);
  if (is("", "Binding") && change.asker.user != kScheduler) {
    return found.add("binding", "target.name",
                     in_quotes(change.asker.user) + " is not the scheduler and places a pod");
  }
  if (is("extensions", "Ingress") && change.old == nullptr) {
    return found.add("ingress-group", "apiVersion",
                     "an Ingress made through extensions is not counted by the quota");
  }
  for (const auto& workload : kWorkloads)
    if (is(workload.group, workload.kind)) check_workload(workload, change, found);
}

/// Labels and annotations of ours: by them it is decided who may what in a namespace.
void check_marks(const std::string& which, const Change& change, Findings& found) {
  const auto marks = [&](const json::value* from) -> const json::object& {
    return object_in(object_in(members(from), "metadata"), which);
  };
  const auto& before = marks(change.old);
  const auto& after = marks(&change.object);
  const auto refuse = [&](std::string_view key) {
    found.add("namespace-labels", "metadata." + which + "[" + printable(key) + "]",
              "only an administrator sets, changes or removes " + in_quotes(key));
  };
  for (const auto& [key, value] : before) {
    const auto* now = value_in(after, key);
    if (key.starts_with(kOurs) && (now == nullptr || *now != value)) refuse(key);
  }
  for (const auto& [key, value] : after)
    if (key.starts_with(kOurs) && value_in(before, key) == nullptr) refuse(key);
}

void check_namespace(const Change& change, Findings& found) {
  const auto& metadata = object_in(members(&change.object), "metadata");
  const auto name = text_in(metadata, "name");
  if (name.starts_with(kOfKubernetes) && has(object_in(metadata, "labels"), kProjectLabel)) {
    found.add("kubernetes-namespace", "metadata.labels[" + std::string(kProjectLabel) + "]",
              "namespace " + in_quotes(name) +
                  " is Kubernetes' own: as a project's it could not run what it needs");
  }
  if (is_administrator(change.asker)) return;
  check_marks("labels", change, found);
  check_marks("annotations", change, found);
}

}  // namespace

bool is_administrator(const Asker& asker) {
  return std::ranges::any_of(kAdministrators, [&](auto group) { return is_in(asker, group); });
}

std::vector<Refusal> refusals(const Change& change, const NamespaceFacts& in) {
  Findings found;
  if (change.group.empty() && change.kind == "Namespace") {
    check_namespace(change, found);
  } else if (in.of_project && !in.allow_privileged) {
    check_object(change, found);
  }
  return found.take();
}

}  // namespace slipway::policy
