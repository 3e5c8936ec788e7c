// SPDX-License-Identifier: Apache-2.0
#include "controller/tenant_borders.hpp"

#include <utility>

#include "controller/http/intent_views.hpp"
#include "controller/http/places.hpp"
#include "protocol/base/log.hpp"

namespace slipway::controller {

namespace {

using base::fail;

clusters::TenantNamespace tenant_of(const std::string& name, const access::Place& place) {
  using access::group_of;
  using access::Role;
  clusters::TenantNamespace of{.name = name, .workers = {}, .readers = {}};
  if (place.project.empty()) return of;
  of.workers = {group_of(place.project.value, Role::kProjectMember),
                group_of(place.department.value, Role::kDepartmentAdministrator)};
  of.readers = {group_of(place.project.value, Role::kReadOnly),
                group_of(place.department.value, Role::kReadOnly)};
  return of;
}

clusters::BorderPlan plan_for(const http::Services& services, const base::ClusterId& cluster) {
  std::vector<clusters::TenantNamespace> namespaces;
  for (const auto& row : services.mirror.all(cluster, "namespaces")) {
    if (row.meta().deleted_utc_ms() != 0) continue;  // what is in it goes with it
    namespaces.push_back(tenant_of(row.meta().name(), http::place_of(services, cluster, row)));
  }
  std::set<std::string> known;
  for (const auto& one : namespaces) known.insert(one.name);
  std::vector<clusters::TenantBinding> there;
  for (const auto& row : services.mirror.all(cluster, "rolebindings")) {
    const auto& meta = row.meta();
    if (!meta.name().starts_with(clusters::kTenantBindingPrefix)) continue;
    if (meta.deleted_utc_ms() != 0 || !known.contains(meta.pod_namespace())) continue;
    const auto& binding = row.role_binding();
    there.push_back({.name_space = meta.pod_namespace(),
                     .name = meta.name(),
                     .role = binding.role(),
                     .subjects = {binding.subjects().begin(), binding.subjects().end()}});
  }
  return clusters::plan_borders(namespaces, there);
}

}  // namespace

TenantBorders::TenantBorders(base::asio::any_io_executor executor, http::Services& services)
    : services_(services),
      rounds_(std::move(executor), services,
              {.name = "tenant borders",
               .every = kBorderRound,
               .before = [this] { roled_.clear(); },
               .step = [this](base::ClusterId cluster) { return step(std::move(cluster)); }}) {}

void TenantBorders::row_changed(const base::ClusterId& cluster, const std::string& kind,
                                const wire::MirrorRow&) {
  if (kind == "namespaces" || kind == "rolebindings") rounds_.look_at(cluster);
}

void TenantBorders::row_gone(const base::ClusterId& cluster, const std::string& kind,
                             const wire::MirrorRow&) {
  if (kind == "namespaces" || kind == "rolebindings") rounds_.look_at(cluster);
}

void TenantBorders::freshness_changed(const base::ClusterId& cluster, const std::string& kind) {
  // A cluster that is back may be another one than it was.
  if (kind == "rolebindings") roled_.erase(cluster);
  if (kind == "namespaces" || kind == "rolebindings") rounds_.look_at(cluster);
}

base::Task<base::Result<bool>> TenantBorders::step(base::ClusterId cluster) {
  // What cannot be seen is not compared; when it can be seen again, this is asked again.
  for (const auto* kind : {"namespaces", "rolebindings"}) {
    if (!services_.mirror.freshness(cluster, kind).live) co_return true;
  }
  if (!services_.clusters.connected_gateway(cluster.value)) co_return true;
  const auto plan = plan_for(services_, cluster);
  const bool roles = !roled_.contains(cluster);
  if (!roles && plan.remove.empty() && plan.apply.empty()) co_return true;
  if (!plan.remove.empty()) {
    auto removed = co_await send(cluster, clusters::to_yaml(plan.remove), true);
    if (!removed) co_return fail(removed);
  }
  auto applied = co_await send(
      cluster, (roles ? clusters::tenant_roles() : std::string{}) + clusters::to_yaml(plan.apply),
      false);
  if (!applied) co_return fail(applied);
  roled_.insert(cluster);
  spdlog::info("tenant borders of cluster {}: {} RoleBindings set, {} removed", cluster.value,
               plan.apply.size(), plan.remove.size());
  co_return false;
}

base::Task<base::Result<>> TenantBorders::send(base::ClusterId cluster, std::string yaml,
                                               bool remove) {
  if (yaml.empty()) co_return base::Result<>{};
  if (auto free = co_await rounds_.is_free(cluster); !free) co_return free;
  wire::Intent intent;
  intent.mutable_apply()->set_yaml(std::move(yaml));
  intent.mutable_apply()->set_delete_(remove);
  co_return rounds_.take(
      cluster, co_await services_.intents.submit(cluster, std::move(intent), http::kIntentWait));
}

}  // namespace slipway::controller
