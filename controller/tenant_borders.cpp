// SPDX-License-Identifier: Apache-2.0
#include "controller/tenant_borders.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "controller/http/places.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::controller {

namespace {

using base::ErrorCode;
using base::fail;

/// Every row of a kind.
std::vector<wire::MirrorRow> all_rows(const mirror::Mirror& mirror, const base::ClusterId& cluster,
                                      const char* kind) {
  std::vector<wire::MirrorRow> all;
  mirror::Query query;
  query.kind = kind;
  query.limit = mirror::kMaxPage;
  do {
    auto page = mirror.list(cluster, query);
    if (!page) break;
    std::ranges::move(page->rows, std::back_inserter(all));
    query.cursor = page->next;
  } while (!query.cursor.empty());
  return all;
}

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
  for (const auto& row : all_rows(services.mirror, cluster, "namespaces")) {
    if (row.meta().deleted_utc_ms() != 0) continue;  // what is in it goes with it
    namespaces.push_back(tenant_of(row.meta().name(), http::place_of(services, cluster, row)));
  }
  std::set<std::string> known;
  for (const auto& one : namespaces) known.insert(one.name);
  std::vector<clusters::TenantBinding> there;
  for (const auto& row : all_rows(services.mirror, cluster, "rolebindings")) {
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
    : services_(services), wake_(executor), tasks_(executor) {}

void TenantBorders::start() {
  tasks_.spawn("tenant borders", run());
  tasks_.spawn("tenant borders' round", go_round());
}

base::Task<> TenantBorders::stop() {
  co_await tasks_.join();
}

void TenantBorders::look_at(const base::ClusterId& cluster) {
  waiting_.insert(cluster);
  wake_.notify();
}

void TenantBorders::row_changed(const base::ClusterId& cluster, const std::string& kind,
                                const wire::MirrorRow&) {
  if (kind == "namespaces" || kind == "rolebindings") look_at(cluster);
}

void TenantBorders::row_gone(const base::ClusterId& cluster, const std::string& kind,
                             const wire::MirrorRow&) {
  if (kind == "namespaces" || kind == "rolebindings") look_at(cluster);
}

void TenantBorders::freshness_changed(const base::ClusterId& cluster, const std::string& kind) {
  if (kind != "rolebindings") return;
  roled_.erase(cluster);  // a cluster that is back may be another one than it was
  look_at(cluster);
}

/// Each cluster in a task of its own: a slow one holds up no other. News of one that is busy wait.
base::Task<> TenantBorders::run() {
  for (;;) {
    const auto idle = [this](const auto& cluster) { return !busy_.contains(cluster); };
    if (std::ranges::none_of(waiting_, idle)) {
      co_await wake_.wait();
      continue;
    }
    co_await base::sleep_for(kBorderLull);
    for (const auto& cluster : std::set<base::ClusterId>(waiting_)) {
      if (!busy_.insert(cluster).second) continue;
      waiting_.erase(cluster);
      tasks_.spawn("tenant borders of a cluster", keep(cluster));
    }
  }
}

base::Task<> TenantBorders::keep(base::ClusterId cluster) {
  auto done = co_await step(cluster);
  if (!done) {
    spdlog::warn("tenant borders of cluster {}: {}; tried again in {} s", cluster.value,
                 done.error().message, kBorderRetry.count());
    co_await base::sleep_for(kBorderRetry);
    waiting_.insert(cluster);
  }
  busy_.erase(cluster);
  wake_.notify();
}

base::Task<> TenantBorders::go_round() {
  for (;;) {
    co_await base::sleep_for(kBorderRound);
    roled_.clear();
    for (const auto& cluster : services_.clusters.names()) look_at(cluster.id);
  }
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
  if (const auto asked = unanswered_.find(cluster); asked != unanswered_.end()) {
    // One is under way: a second one would only stand behind it.
    auto outcome = co_await services_.intents.wait_for(asked->second, kBorderWait);
    if (outcome && outcome->state == intents::State::kPending) {
      co_return fail(ErrorCode::kTimeout, "the cluster has not answered yet");
    }
    unanswered_.erase(cluster);
  }
  wire::Intent intent;
  intent.mutable_apply()->set_yaml(std::move(yaml));
  intent.mutable_apply()->set_delete_(remove);
  auto outcome = co_await services_.intents.submit(cluster, std::move(intent), kBorderWait);
  if (!outcome) co_return fail(outcome);
  if (outcome->state != intents::State::kDone) {
    unanswered_[cluster] = outcome->id;
    co_return fail(ErrorCode::kTimeout, "the cluster has not answered yet");
  }
  if (!outcome->answer.ok()) co_return fail(ErrorCode::kUnavailable, outcome->answer.message());
  co_return base::Result<>{};
}

}  // namespace slipway::controller
