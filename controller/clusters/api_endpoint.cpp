// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/api_endpoint.hpp"

namespace slipway::clusters {
namespace {

constexpr char kHealthPath[] = "/readyz";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

base::Result<LedgerRow> ApiEndpoint::plan(const ClusterRow& cluster) {
  LedgerRow wanted;
  wanted.kind = kLoadBalancerKind;
  wanted.cluster = cluster.id;
  wanted.name = cluster.spec.name + "-api";
  return ledger_.plan(wanted);
}

base::Task<base::Result<>> ApiEndpoint::ensure(ClusterId id) {
  const auto cluster = rows_.cluster(id);
  if (!cluster || cluster->spec.masters < 2) co_return base::Result<>{};
  auto row = plan(*cluster);
  if (!row) co_return base::fail(row);
  cloud::LoadBalancerSpec wanted;
  wanted.id = row->id;
  wanted.name = row->name;
  wanted.port = kApiPort;
  wanted.health_path = kHealthPath;
  wanted.network_cloud_id = ledger_.network_of(id);
  for (const MachineRow& machine : rows_.masters(id)) {
    if (!machine.address.empty()) wanted.members.push_back(machine.address);
  }
  // The row's detail is what the cloud was told last.
  const std::string members = joined(wanted.members);
  const bool told = row->state == ResourceState::kPresent && row->detail == members;
  if (told && !cluster->api_address.empty()) co_return base::Result<>{};
  auto made = co_await cloud_.ensure_load_balancer(std::move(wanted));
  if (!made) co_return base::fail(made);
  // The cluster may have been deleted while the cloud worked; then what came late stays the
  // reconciler's to delete.
  const auto now = ledger_.find(row->id);
  if (!now || now->state == ResourceState::kDeleting || now->state == ResourceState::kGone) {
    co_return base::fail(base::ErrorCode::kConflict, "the cluster is being deleted");
  }
  ledger_.present(row->id, made->cloud_id);
  ledger_.set(row->id, ResourceState::kPresent, members);
  rows_.set_api_address(id, made->address);
  co_return base::Result<>{};
}

}  // namespace slipway::clusters
