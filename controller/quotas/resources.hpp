// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/quotas/quantity.hpp"

namespace slipway::quotas {

/// What a quota or a budget limits; the names are the API's.
enum class Resource {
  kCpu,      ///< cores, in thousandths
  kMemory,   ///< bytes
  kStorage,  ///< bytes that claims ask for
  kClaims,   ///< PersistentVolumeClaims
  kDeployments,
  kStatefulSets,
  kJobs,
  kCronJobs,
  kPods,  ///< those that have not ended
  kConfigMaps,
  kSecrets,
  kServices,
  kIngresses,
};

struct ResourceFacts {
  Resource resource;
  const char* name;  ///< in answers, requests and rows
  Unit unit;
  /// By which a ResourceQuota limits it, to the same figure each: requests as limits, and Ingresses
  /// by both groups that they can be made through. An empty one stands for none.
  std::array<const char*, 2> hard;
};
inline constexpr std::array<ResourceFacts, 13> kResources{{
    {Resource::kCpu, "cpu", Unit::kMilli, {"requests.cpu", "limits.cpu"}},
    {Resource::kMemory, "memory", Unit::kBytes, {"requests.memory", "limits.memory"}},
    {Resource::kStorage, "storage", Unit::kBytes, {"requests.storage", ""}},
    {Resource::kClaims, "persistentVolumeClaims", Unit::kCount, {"persistentvolumeclaims", ""}},
    {Resource::kDeployments, "deployments", Unit::kCount, {"count/deployments.apps", ""}},
    {Resource::kStatefulSets, "statefulSets", Unit::kCount, {"count/statefulsets.apps", ""}},
    {Resource::kJobs, "jobs", Unit::kCount, {"count/jobs.batch", ""}},
    {Resource::kCronJobs, "cronJobs", Unit::kCount, {"count/cronjobs.batch", ""}},
    {Resource::kPods, "pods", Unit::kCount, {"pods", ""}},
    {Resource::kConfigMaps, "configMaps", Unit::kCount, {"configmaps", ""}},
    {Resource::kSecrets, "secrets", Unit::kCount, {"secrets", ""}},
    {Resource::kServices, "services", Unit::kCount, {"services", ""}},
    {Resource::kIngresses,
     "ingresses",
     Unit::kCount,
     {"count/ingresses.networking.k8s.io", "count/ingresses.extensions"}},
}};

const ResourceFacts& facts_of(Resource resource);
std::optional<Resource> resource_named(std::string_view name);

/// Figures by resource; what is not there is unlimited.
using Amounts = std::map<Resource, std::int64_t>;

/// Larger ones are refused, so that no sum of what an installation can hold overflows.
std::int64_t most_of(Resource resource);
/// "2 cpu", "512Mi memory", "10 pods".
std::string text_of(Resource resource, std::int64_t amount);
std::string amount_text(Resource resource, std::int64_t amount);

/// a + b, at most what an int64 holds.
std::int64_t sum(std::int64_t a, std::int64_t b);
void add(Amounts& to, const Amounts& more);
/// The larger of each; a resource that only one has is had.
Amounts larger(const Amounts& a, const Amounts& b);

/// What Kubernetes of this version makes by itself in each namespace: the Secret of its default
/// ServiceAccount (until 1.23) and the ConfigMap kube-root-ca.crt (since 1.20).
Amounts made_by_kubernetes(std::string_view version);

}  // namespace slipway::quotas
