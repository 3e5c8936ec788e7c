// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/kubernetes_features.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <string>

#include "controller/workloads/object_reading.hpp"

namespace slipway::workloads {

namespace {

namespace json = boost::json;

constexpr char kRule[] = "kubernetes-version";

constexpr Feature kFeatures[] = {
    {"statefulsets.maxUnavailable",
     "StatefulSet",
     "spec.updateStrategy.rollingUpdate.maxUnavailable",
     {1, 35},
     "its pods are replaced one at a time"},
    {"statefulsets.minReadySeconds",
     "StatefulSet",
     "spec.minReadySeconds",
     {1, 23},
     "a readiness probe with a delay does it"},
    {"daemonsets.maxSurge",
     "DaemonSet",
     "spec.updateStrategy.rollingUpdate.maxSurge",
     {1, 22},
     "maxUnavailable says how many are replaced at a time"},
    {kJobsSuspend, "Job", "spec.suspend", {1, 22}, "delete it"},
    {"jobs.ttlSecondsAfterFinished",
     "Job",
     "spec.ttlSecondsAfterFinished",
     {1, 21},
     "delete it when it has ended"},
    {"pods.startupProbe",
     "",  // of every kind that holds containers, which looks for it itself
     "startupProbe",
     {1, 18},
     "a liveness probe with a longer initial delay does it"},
};

std::string words_of(KubernetesVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::string lack_words(const Feature& feature, KubernetesVersion version) {
  const auto whose = feature.kind.empty() ? std::string("Pod") : std::string(feature.kind);
  return "this cluster's Kubernetes " + words_of(version) + " has no " + std::string(feature.path) +
         " of a " + whose + " (" + words_of(feature.since) + " and later have): leave it out; " +
         std::string(feature.instead);
}

bool has(const json::object& object, std::string_view path) {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return object.contains(path);
  return has(member(object, path.substr(0, dot)), path.substr(dot + 1));
}

/// Where a container has the field: "containers[0].startupProbe"; empty: none has.
std::string in_containers(const json::object& pod_spec, std::string_view field) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    const auto* all = pod_spec.if_contains(list);
    if (all == nullptr || !all->is_array()) continue;
    for (std::size_t at = 0; at < all->get_array().size(); ++at) {
      const auto& one = all->get_array()[at];
      if (!one.is_object() || !one.get_object().contains(field)) continue;
      return std::string(list) + "[" + std::to_string(at) + "]." + std::string(field);
    }
  }
  return {};
}

/// Others have kinds of the same names.
bool is_of_kubernetes(const json::object& object) {
  const auto version = text_in(object, "apiVersion");
  return !version.contains('/') || version.starts_with("apps/") || version.starts_with("batch/");
}

/// Where the object has the feature's field; empty: nowhere.
std::string place_of(const json::object& object, const Feature& feature) {
  if (!is_of_kubernetes(object)) return {};
  const auto kind = text_in(object, "kind");
  if (!kind.empty() && kind == feature.kind) {
    return has(object, feature.path) ? std::string(feature.path) : std::string{};
  }
  const auto& spec = member(object, "spec");
  if (kind == "CronJob" && feature.kind == "Job") {
    const bool there = has(member(spec, "jobTemplate"), feature.path);
    return there ? "spec.jobTemplate." + std::string(feature.path) : std::string{};
  }
  if (!feature.kind.empty()) return {};
  std::string prefix = "spec.";
  const auto* pod_spec = &spec;
  if (kind == "CronJob") {
    prefix += "jobTemplate.spec.";
    pod_spec = &member(member(spec, "jobTemplate"), "spec");
  }
  if (kind != "Pod") {
    prefix += "template.spec.";
    pod_spec = &member(member(*pod_spec, "template"), "spec");
  }
  const auto found = in_containers(*pod_spec, feature.path);
  return found.empty() ? found : prefix + found;
}

}  // namespace

std::optional<KubernetesVersion> version_in(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  KubernetesVersion version;
  const auto* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{}) return std::nullopt;
  return version;
}

std::span<const Feature> features() {
  return kFeatures;
}

std::optional<std::string> lack_of(std::string_view feature, KubernetesVersion version) {
  const auto* found = std::ranges::find(kFeatures, feature, &Feature::name);
  if (found == std::end(kFeatures) || version >= found->since) return std::nullopt;
  return lack_words(*found, version);
}

std::optional<Refusal> lacking_field(const json::object& object, KubernetesVersion version) {
  for (const auto& feature : kFeatures) {
    if (version >= feature.since) continue;
    auto place = place_of(object, feature);
    if (place.empty()) continue;
    return Refusal{base::ErrorCode::kInvalid, std::move(place), kRule,
                   lack_words(feature, version)};
  }
  return std::nullopt;
}

}  // namespace slipway::workloads
