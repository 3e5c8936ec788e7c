// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/delete_cluster.hpp"

#include "protocol/base/parallel.hpp"

namespace slipway::clusters {

using base::ErrorCode;
using base::fail;

DeleteCluster::DeleteCluster(store::Database& database, secrets::Secrets& secrets,
                             cloud::Cloud& cloud, Agents& agents, Machines& machines,
                             const base::Clock& clock)
    : database_(database),
      cloud_(cloud),
      agents_(agents),
      machines_(machines),
      clock_(clock),
      rows_(database),
      ledger_(database, clock),
      pki_(database, secrets, clock) {}

Procedure DeleteCluster::procedure() {
  const auto step = [this](const char* name, base::Task<Outcome> (DeleteCluster::*run)(Attempt)) {
    return step_of(this, name, kDeleteLimit, kDeleteAttempts, run);
  };
  Procedure procedure;
  procedure.kind = kDeleteCluster;
  procedure.steps = {
      step("release", &DeleteCluster::release),
      step("machines", &DeleteCluster::machines),
      step("load-balancer", &DeleteCluster::load_balancer),
      step("network", &DeleteCluster::network),
      step("verify", &DeleteCluster::verify),
      step("forget", &DeleteCluster::forget),
  };
  procedure.done = [this](const ClusterId& id) { rows_.set_deleted(id, clock_.utc()); };
  procedure.failed = [this](const ClusterId& id, const base::Error& why) {
    rows_.set_state(id, ClusterState::kDeleting, why.message);
  };
  return procedure;
}

base::Task<Outcome> DeleteCluster::release(Attempt attempt) {
  for (const MachineRow& machine : rows_.machines(attempt.cluster)) agents_.forget(machine.id);
  agents_.forget(attempt.cluster);
  co_return Done{};
}

base::Task<Outcome> DeleteCluster::machines(Attempt attempt) {
  std::vector<ResourceId> left;
  for (const LedgerRow& row : ledger_.of(attempt.cluster)) {
    if (row.kind == "machine" && row.state != ResourceState::kGone) left.push_back(row.id);
  }
  std::size_t going = 0;
  const auto results = co_await base::in_parallel(left.size(), kDeletionsAtOnce,
                                                  [&](std::size_t i) -> base::Task<base::Result<>> {
                                                    auto gone = co_await machines_.remove(left[i]);
                                                    if (!gone) attempt.log(gone.error().message);
                                                    if (!gone) co_return fail(gone);
                                                    going += *gone ? 0 : 1;
                                                    co_return base::Result<>{};
                                                  });
  for (const auto& result : results) {
    // Whatever the cloud says, the machine must go: each failure is tried again.
    if (!result) co_return Failed{result.error(), true};
  }
  if (going > 0) co_return Wait{std::to_string(going) + " machines are still going", kDeletePoll};
  co_return Done{};
}

base::Task<Outcome> DeleteCluster::load_balancer(Attempt attempt) {
  co_return co_await erase(std::move(attempt), kLoadBalancerKind);
}

base::Task<Outcome> DeleteCluster::network(Attempt attempt) {
  co_return co_await erase(std::move(attempt), "network");
}

base::Task<Outcome> DeleteCluster::erase(Attempt attempt, std::string kind) {
  for (const LedgerRow& row : ledger_.of(attempt.cluster)) {
    if (row.kind != kind || row.state == ResourceState::kGone) continue;
    ledger_.set(row.id, ResourceState::kDeleting);
    if (auto deleted = co_await delete_in(cloud_, row.kind, deleted_by(row)); !deleted) {
      co_return Failed{deleted.error(), true};
    }
    ledger_.gone(row.id);
  }
  co_return Done{};
}

/// Looks at the cloud once more: a call that a crash had cut off may have been done after all.
base::Task<Outcome> DeleteCluster::verify(Attempt attempt) {
  auto tagged = co_await cloud_.tagged();
  if (!tagged) co_return Failed{tagged.error(), true};
  std::string left;
  for (const cloud::Tagged& each : *tagged) {
    const auto row = ledger_.find(each.id);
    if (!row || row->cluster != attempt.cluster) continue;
    left += (left.empty() ? "" : ", ") + row->kind + " " + row->name;
    auto deleted = co_await delete_in(cloud_, row->kind, deleted_by(*row));
    if (!deleted) co_return Failed{deleted.error(), true};
  }
  if (!left.empty()) co_return Wait{"the cloud still has " + left, kDeletePoll};
  for (const LedgerRow& row : ledger_.of(attempt.cluster)) {
    if (row.state != ResourceState::kGone) ledger_.gone(row.id);
  }
  co_return Done{};
}

base::Task<Outcome> DeleteCluster::forget(Attempt attempt) {
  auto stored = database_.transaction([&]() -> base::Result<> {
    for (const MachineRow& machine : rows_.machines(attempt.cluster)) {
      pki_.forget_master(machine.id);
    }
    pki_.forget(attempt.cluster);
    rows_.remove_machines(attempt.cluster);
    return {};
  });
  if (!stored) co_return failed(stored.error());
  agents_.forget(attempt.cluster);  // what was asked of it while it went
  co_return Done{};
}

}  // namespace slipway::clusters
