// SPDX-License-Identifier: Apache-2.0
#include "controller/canary_keeper.hpp"

#include <boost/json.hpp>
#include <utility>

#include "controller/http/kube_asking.hpp"
#include "controller/workloads/canary.hpp"
#include "controller/workloads/workload_state.hpp"
#include "protocol/base/log.hpp"

namespace slipway::controller {

namespace {

constexpr char kDeployments[] = "deployments";

std::string label(const wire::MirrorRow& row, const char* key) {
  const auto found = row.meta().labels().find(key);
  return found == row.meta().labels().end() ? std::string{} : found->second;
}

/// Whether it was promoted, and the Deployment that it is of has its template in all pods. The
/// mirror tells of the Deployment's change before it tells of the mark: the one came first.
bool is_done(const mirror::Mirror& mirror, const base::ClusterId& cluster,
             const wire::MirrorRow& canary) {
  if (label(canary, workloads::kCanaryPhase) != workloads::kPromoting) return false;
  if (canary.meta().deleted_utc_ms() != 0) return false;
  const auto name = label(canary, workloads::kCanaryOf);
  // A copy of its manifest has its labels and another name.
  if (canary.meta().name() != workloads::canary_name(name)) return false;
  const auto of = mirror.find(cluster, kDeployments, canary.meta().pod_namespace(), name);
  return of && workloads::state_of(of->workload()) == workloads::WorkloadState::kRunning;
}

}  // namespace

CanaryKeeper::CanaryKeeper(base::asio::any_io_executor executor, http::Services& services)
    : services_(services),
      rounds_(std::move(executor), services,
              {.name = "canaries",
               .every = kCanaryRound,
               .before = [] {},
               .step = [this](base::ClusterId cluster) { return step(std::move(cluster)); }}) {}

void CanaryKeeper::row_changed(const base::ClusterId& cluster, const std::string& kind,
                               const wire::MirrorRow& row) {
  if (kind != kDeployments) return;
  const auto& in = row.meta().pod_namespace();
  const auto canary = row.meta().labels().contains(workloads::kCanaryOf)
                          ? std::optional(row)
                          : services_.mirror.find(cluster, kDeployments, in,
                                                  workloads::canary_name(row.meta().name()));
  if (canary && is_done(services_.mirror, cluster, *canary)) rounds_.look_at(cluster);
}

void CanaryKeeper::freshness_changed(const base::ClusterId& cluster, const std::string& kind) {
  if (kind == kDeployments) rounds_.look_at(cluster);
}

base::Task<base::Result<>> CanaryKeeper::remove(base::ClusterId cluster, wire::MirrorRow canary) {
  if (auto free = co_await rounds_.is_free(cluster); !free) co_return free;
  const auto& meta = canary.meta();
  const boost::json::object options{{"apiVersion", "v1"},
                                    {"kind", "DeleteOptions"},
                                    {"propagationPolicy", "Background"},
                                    {"preconditions", boost::json::object{{"uid", meta.uid()}}}};
  auto outcome = co_await http::ask_cluster(
      services_, cluster,
      {.method = "DELETE",
       .path = "/apis/apps/v1/namespaces/" + meta.pod_namespace() + "/deployments/" + meta.name(),
       .content_type = "application/json",
       .body = boost::json::serialize(options),
       .kind = "Deployment",
       .name_space = meta.pod_namespace(),
       .name = meta.name(),
       .action = "deleted"});
  if (auto taken = rounds_.take(cluster, outcome); !taken) co_return taken;
  spdlog::info("canary {}/{} of cluster {}: promoted -> gone (rolled out)", meta.pod_namespace(),
               meta.name(), cluster.value);
  co_return base::Result<>{};
}

base::Task<base::Result<bool>> CanaryKeeper::step(base::ClusterId cluster) {
  // What cannot be seen is not compared; when it can be seen again, this is asked again.
  if (!services_.mirror.freshness(cluster, kDeployments).live) co_return true;
  if (!services_.clusters.connected_gateway(cluster.value)) co_return true;
  std::vector<wire::MirrorRow> done;
  for (auto& row : services_.mirror.all(cluster, kDeployments)) {
    if (is_done(services_.mirror, cluster, row)) done.push_back(std::move(row));
  }
  base::Result<bool> all = done.empty();
  for (const auto& canary : done) {
    auto removed = co_await remove(cluster, canary);
    if (!removed) all = base::fail(removed);
  }
  co_return all;
}

}  // namespace slipway::controller
