// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_resource.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;
using workloads::text_in;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxPlural = 63;
constexpr std::size_t kMaxVersion = 64;
constexpr std::size_t kMaxVersions = 16;  ///< of a group, that are looked at

/// Kinds of Kubernetes' own: an empty version is for the cluster to say.
struct BuiltIn {
  std::string_view plural;
  std::string_view kind;
  std::string_view group;
  std::string_view version = "v1";
  bool namespaced = true;
};
constexpr BuiltIn kBuiltIn[] = {
    {"pods", "Pod", ""},
    {"services", "Service", ""},
    {"configmaps", "ConfigMap", ""},
    {"secrets", "Secret", ""},
    {"persistentvolumeclaims", "PersistentVolumeClaim", ""},
    {"serviceaccounts", "ServiceAccount", ""},
    {"endpoints", "Endpoints", ""},
    {"resourcequotas", "ResourceQuota", ""},
    {"limitranges", "LimitRange", ""},
    {"podtemplates", "PodTemplate", ""},
    {"replicationcontrollers", "ReplicationController", ""},
    {"events", "Event", ""},
    {"namespaces", "Namespace", "", "v1", false},
    {"nodes", "Node", "", "v1", false},
    {"persistentvolumes", "PersistentVolume", "", "v1", false},
    {"deployments", "Deployment", "apps"},
    {"statefulsets", "StatefulSet", "apps"},
    {"daemonsets", "DaemonSet", "apps"},
    {"replicasets", "ReplicaSet", "apps"},
    {"controllerrevisions", "ControllerRevision", "apps"},
    {"jobs", "Job", "batch"},
    {"cronjobs", "CronJob", "batch", ""},
    {"horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling", ""},
    {"ingresses", "Ingress", "networking.k8s.io"},
    {"ingressclasses", "IngressClass", "networking.k8s.io", "v1", false},
    {"networkpolicies", "NetworkPolicy", "networking.k8s.io"},
    {"storageclasses", "StorageClass", "storage.k8s.io", "v1", false},
    {"poddisruptionbudgets", "PodDisruptionBudget", "policy", ""},
    {"roles", "Role", "rbac.authorization.k8s.io"},
    {"rolebindings", "RoleBinding", "rbac.authorization.k8s.io"},
    {"clusterroles", "ClusterRole", "rbac.authorization.k8s.io", "v1", false},
    {"clusterrolebindings", "ClusterRoleBinding", "rbac.authorization.k8s.io", "v1", false},
    {"applications", "Application", "app.k8s.io", "v1beta1"},
};

constexpr std::string_view kFormerGroup = "extensions";  ///< workloads and Ingresses were of it

std::string version_of(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string root_of(const std::string& api_version) {
  return (api_version.contains('/') ? "apis/" : "api/") + api_version;
}

const json::array& list_in(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

/// Versions of a group: the preferred one first.
std::vector<std::string> versions_of(const json::object& group) {
  std::vector<std::string> all{workloads::text_of(group, "preferredVersion", "groupVersion")};
  for (const auto& version : list_in(group, "versions")) {
    if (!version.is_object() || all.size() >= kMaxVersions) continue;
    auto name = text_in(version.get_object(), "groupVersion");
    if (std::ranges::find(all, name) == all.end()) all.push_back(std::move(name));
  }
  std::erase(all, "");
  return all;
}

std::optional<KubeResource> resource_in(const json::object& list, const std::string& api_version,
                                        const std::string& plural) {
  for (const auto& one : list_in(list, "resources")) {
    if (!one.is_object() || text_in(one.get_object(), "name") != plural) continue;
    const auto* namespaced = one.get_object().if_contains("namespaced");
    return KubeResource{api_version, plural, text_in(one.get_object(), "kind"),
                        namespaced != nullptr && namespaced->is_bool() && namespaced->get_bool()};
  }
  return std::nullopt;
}

std::unexpected<base::Error> unknown(const std::string& named) {
  return base::fail(ErrorCode::kNotFound,
                    "this cluster has no " + named.substr(0, kMaxName) +
                        "; kinds are named by their plural, those that are none of Kubernetes' own "
                        "with their group: deployments, widgets.example.org",
                    "resource");
}

Task<Result<KubeResource>> discover(Services& services, Caller caller, std::string cluster,
                                    std::string plural, std::string group) {
  const auto named = plural + "." + group;
  auto known = co_await read_kube(services, caller, cluster, "apis/" + group);
  if (!known && known.error().code == ErrorCode::kNotFound) co_return unknown(named);
  if (!known) co_return base::fail(known);
  for (const auto& version : versions_of(*known)) {
    auto list = co_await read_kube(services, caller, cluster, root_of(version));
    if (!list) co_return base::fail(list);
    if (auto found = resource_in(*list, version, plural)) co_return std::move(*found);
  }
  co_return unknown(named);
}

}  // namespace

bool is_object_name(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName && name != "." && !name.contains("..") &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:") == std::string::npos;
}

bool is_version(const std::string& text) {
  const auto slash = text.find('/');
  const auto version = slash == std::string::npos ? text : text.substr(slash + 1);
  return version.size() > 1 && version.front() == 'v' && version.size() <= kMaxVersion &&
         version.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos;
}

std::optional<KubeResource> own_resource(const std::string& api_version, const std::string& kind) {
  const auto slash = api_version.find('/');
  const auto group = slash == std::string::npos ? std::string{} : api_version.substr(0, slash);
  const auto* own = std::ranges::find_if(kBuiltIn, [&](const BuiltIn& one) {
    return one.kind == kind && (one.group == group || group == kFormerGroup);
  });
  if (own == std::end(kBuiltIn) || !is_version(api_version)) return std::nullopt;
  return KubeResource{api_version, std::string(own->plural), kind, own->namespaced};
}

Task<Result<KubeResource>> find_resource(Services& services, Caller caller, std::string cluster,
                                         std::string named) {
  const auto dot = named.find('.');
  const auto plural = named.substr(0, dot);
  auto group = dot == std::string::npos ? std::string{} : named.substr(dot + 1);
  if (!clusters::is_dns_label(plural, kMaxPlural)) co_return unknown(named);
  if (dot != std::string::npos && !is_object_name(group)) co_return unknown(named);
  const auto* own = std::ranges::find_if(kBuiltIn, [&](const BuiltIn& one) {
    return one.plural == plural && (dot == std::string::npos || one.group == group);
  });
  if (own != std::end(kBuiltIn)) {
    if (!own->version.empty()) {
      co_return KubeResource{version_of(own->group, own->version), plural, std::string(own->kind),
                             own->namespaced};
    }
    group = own->group;
  }
  if (group.empty()) co_return unknown(named);
  co_return co_await discover(services, std::move(caller), std::move(cluster), plural,
                              std::move(group));
}

std::string object_path(const KubeResource& resource, const std::string& name_space,
                        const std::string& name) {
  auto path = root_of(resource.api_version);
  if (!name_space.empty()) path += "/namespaces/" + name_space;
  path += "/" + resource.plural;
  if (!name.empty()) path += "/" + net::percent_encoded(name);
  return path;
}

bool is_secret(const KubeResource& resource) {
  return resource.plural == "secrets" && resource.api_version == "v1";
}

}  // namespace slipway::http
