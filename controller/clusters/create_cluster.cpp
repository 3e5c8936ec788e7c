// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/create_cluster.hpp"

#include "controller/clusters/base_objects.hpp"
#include "controller/clusters/cluster_rules.hpp"
#include "controller/clusters/operation_rows.hpp"
#include "protocol/base/parallel.hpp"
#include "protocol/pki/pki.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr char kUnwanted[] = "the operation is no longer wanted";

/// "demo-worker-1, demo-worker-2 and 3 more".
std::string names_of(const std::vector<MachineRow>& machines) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < machines.size() && i < kNamed; ++i) {
    text += (i == 0 ? "" : ", ") + machines[i].name;
  }
  if (machines.size() > kNamed) {
    text += " and " + std::to_string(machines.size() - kNamed) + " more";
  }
  return text;
}

template <class Predicate>
std::vector<MachineRow> those(const std::vector<MachineRow>& machines, Predicate wanted) {
  std::vector<MachineRow> found;
  for (const MachineRow& machine : machines) {
    if (wanted(machine)) found.push_back(machine);
  }
  return found;
}

/// The first failure that ends the step for good, else the first at all.
base::Result<> worst_of(const std::vector<base::Result<>>& results) {
  base::Result<> worst;
  for (const auto& result : results) {
    if (result) continue;
    if (worst) worst = result;
    if (!std::get<Failed>(failed(result.error())).retryable) return result;
  }
  return worst;
}

}  // namespace

CreateCluster::CreateCluster(store::Database& database, secrets::Secrets& secrets,
                             cloud::Cloud& cloud, Agents& agents, Machines& machines,
                             const NodeWords& words, const NodeImage& image,
                             const base::Clock& clock)
    : database_(database),
      cloud_(cloud),
      agents_(agents),
      machines_(machines),
      words_(words),
      image_(image),
      clock_(clock),
      rows_(database),
      ledger_(database, clock),
      pki_(database, secrets, clock),
      api_(database, cloud, clock) {}

Procedure CreateCluster::procedure() {
  Procedure procedure;
  procedure.kind = kCreateCluster;
  procedure.steps = {
      step_of(this, "preflight", kPreflightLimit, kCloudAttempts, &CreateCluster::preflight),
      step_of(this, "pki", kPkiLimit, kCloudAttempts, &CreateCluster::pki),
      step_of(this, "network", kNetworkLimit, kCloudAttempts, &CreateCluster::network),
      step_of(this, "load-balancer", kNetworkLimit, kCloudAttempts, &CreateCluster::load_balancer),
      step_of(this, "machines", kMachinesLimit, kCloudAttempts, &CreateCluster::machines),
      step_of(this, "running", kRunningLimit, kMachineAttempts, &CreateCluster::running),
      step_of(this, "enrolled", kEnrolLimit, kMachineAttempts, &CreateCluster::enrolled),
      step_of(this, "bootstrap", kBootstrapLimit, kMachineAttempts, &CreateCluster::bootstrap),
      step_of(this, "objects", kObjectsLimit, kNodeAttempts, &CreateCluster::objects),
      step_of(this, "ready", kReadyLimit, kNodeAttempts, &CreateCluster::ready),
  };
  procedure.done = [this](const ClusterId& id) { rows_.set_state(id, ClusterState::kHealthy, {}); };
  procedure.failed = [this](const ClusterId& id, const base::Error& why) {
    rows_.set_state(id, ClusterState::kFailed, why.message);
  };
  return procedure;
}

base::Task<Outcome> CreateCluster::preflight(Attempt attempt) {
  auto cluster = rows_.cluster(attempt.cluster);
  auto flavors = co_await cloud_.flavors();
  if (!flavors) co_return failed(flavors.error());
  auto quotas = co_await cloud_.quotas();
  if (!quotas) co_return failed(quotas.error());
  ClusterSpec& spec = cluster->spec;
  if (auto good = check_version(spec, image_.kubernetes); !good) co_return failed(good.error());
  if (auto good = choose_flavors(spec, *flavors, cloud_.small_machines()); !good) {
    co_return failed(good.error());
  }
  if (auto good = check_quotas(spec, *flavors, *quotas); !good) co_return failed(good.error());
  rows_.set_spec(cluster->id, spec);
  for (const MachineRow& machine : rows_.machines(cluster->id)) {
    rows_.set_flavor(machine.id, machine.is_master() ? spec.master_flavor : spec.worker_flavor);
  }
  co_return Done{};
}

base::Task<Outcome> CreateCluster::pki(Attempt attempt) {
  if (auto made = pki_.ensure_cluster(attempt.cluster); !made) co_return failed(made.error());
  const auto cluster = rows_.cluster(attempt.cluster);
  rows_.set_discovery_token(cluster->id,
                            agents_.discovery_token(cluster->id, cluster->spec.masters));
  co_return Done{};
}

base::Task<Outcome> CreateCluster::network(Attempt attempt) {
  const auto cluster = rows_.cluster(attempt.cluster);
  LedgerRow wanted;
  wanted.kind = "network";
  wanted.cluster = cluster->id;
  wanted.name = cluster->spec.name;
  auto row = ledger_.plan(wanted);
  if (!row) co_return failed(row.error());
  auto made = co_await cloud_.ensure_network({row->id, row->name, cluster->spec.network_cidr});
  if (!made) co_return failed(made.error());
  ledger_.present(row->id, made->cloud_id);
  rows_.set_network(cluster->id, made->cidr);
  attempt.log("network " + made->cidr);
  co_return Done{};
}

/// Before the machines, since each of them is told where the API server will be.
base::Task<Outcome> CreateCluster::load_balancer(Attempt attempt) {
  if (auto made = co_await api_.ensure(attempt.cluster); !made) co_return failed(made.error());
  const auto cluster = rows_.cluster(attempt.cluster);
  attempt.log(cluster->api_address.empty() ? "not needed with one master"
                                           : "load balancer " + cluster->api_address);
  co_return Done{};
}

base::Task<base::Result<>> CreateCluster::ensure_all(const Attempt& attempt) {
  const auto cluster = rows_.cluster(attempt.cluster);
  const std::string network = ledger_.network_of(attempt.cluster);
  const auto machines = rows_.machines(attempt.cluster);  // masters first: they take longest
  const auto results = co_await base::in_parallel(
      machines.size(), kMachinesAtOnce, [&](std::size_t i) -> base::Task<base::Result<>> {
        if (attempt.cancelled()) {
          co_return fail(ErrorCode::kConflict, kUnwanted);
        }
        auto made = co_await machines_.ensure(machines[i], cluster->spec, network);
        if (!made) attempt.log(made.error().message);
        co_return made;
      });
  co_return worst_of(results);
}

base::Task<Outcome> CreateCluster::machines(Attempt attempt) {
  auto made = co_await ensure_all(attempt);
  if (!made) co_return failed(made.error());
  co_return Done{};
}

/// Ends machines that are of no use, so that ensure_all() makes others.
base::Task<base::Result<>> CreateCluster::retire(const Attempt& attempt,
                                                 const std::vector<MachineRow>& broken,
                                                 const std::string& why) {
  for (const MachineRow& machine : broken) {
    if (attempt.cancelled()) co_return fail(ErrorCode::kConflict, kUnwanted);
    const std::string& detail = machine.cloud.detail;
    attempt.log(machine.name + ": " + why + (detail.empty() ? "" : " (" + detail + ")") +
                ", it is replaced");
    if (auto gone = co_await machines_.retire(machine); !gone) co_return gone;
  }
  co_return base::Result<>{};
}

/// Machines that the cloud failed or lost are made anew; that costs an attempt.
base::Task<Outcome> CreateCluster::replace(const Attempt& attempt, std::vector<MachineRow> broken,
                                           std::string why) {
  if (auto gone = co_await retire(attempt, broken, why); !gone) co_return failed(gone.error());
  if (auto made = co_await ensure_all(attempt); !made) co_return failed(made.error());
  co_return Failed{{ErrorCode::kUnavailable, names_of(broken) + ": " + why, {}}, true};
}

base::Task<Outcome> CreateCluster::running(Attempt attempt) {
  // A crash may have cut a replacement short: whoever has no machine gets one first.
  if (auto made = co_await ensure_all(attempt); !made) co_return failed(made.error());
  if (auto seen = co_await machines_.poll(); !seen) co_return failed(seen.error());
  const auto machines = rows_.machines(attempt.cluster);
  // Who has enrolled did run: what becomes of it later is for mend().
  auto broken = those(
      machines, [](const MachineRow& machine) { return !machine.enrolled && is_broken(machine); });
  if (!broken.empty()) {
    co_return co_await replace(attempt, std::move(broken), "the cloud did not bring it up");
  }
  const auto waiting = those(machines, [](const MachineRow& machine) {
    const bool runs = machine.cloud.state == cloud::MachineState::kRunning;
    return machine.address.empty() || (!machine.enrolled && !runs);
  });
  if (!waiting.empty()) co_return Wait{names_of(waiting) + " do not run yet", kMachinePoll};
  if (auto told = co_await api_.ensure(attempt.cluster); !told) co_return failed(told.error());
  machines_.refresh(attempt.cluster);
  co_return Done{};
}

/// Its token's life is nearly over and nobody came: nothing good comes of waiting on.
bool CreateCluster::is_stale(const MachineRow& machine) const {
  const auto row = ledger_.find(machine.resource);
  return !machine.enrolled && row && row->state == ResourceState::kPresent &&
         clock_.utc() - row->changed > kEnrolLimit;
}

/// What keeps each of them, as a step waits for them: "; demo-master-1: step disks failed: …".
std::string CreateCluster::troubles_of(const std::vector<MachineRow>& machines) const {
  std::string all;
  for (const MachineRow& machine : machines) {
    const auto trouble =
        trouble_of(words_.steps(machine.id, machine.enrolled, rows_.steps(machine.id)));
    if (!trouble.empty()) all += "; " + machine.name + ": " + trouble;
    if (all.size() > kMaxStepError) break;
  }
  return wire::head_of(all, kMaxStepError);
}

base::Task<Outcome> CreateCluster::enrolled(Attempt attempt) {
  if (auto made = co_await ensure_all(attempt); !made) co_return failed(made.error());
  const auto machines = rows_.machines(attempt.cluster);
  auto broken = those(machines, [&](const MachineRow& machine) {
    return !machine.enrolled && (is_broken(machine) || (attempt.number > 1 && is_stale(machine)));
  });
  if (!broken.empty()) co_return co_await replace(attempt, std::move(broken), "it did not enrol");
  const auto missing = those(machines, [](const MachineRow& machine) { return !machine.enrolled; });
  if (missing.empty()) {
    if (auto told = co_await api_.ensure(attempt.cluster); !told) co_return failed(told.error());
    co_return Done{};
  }
  co_return Wait{"waiting for the agents of " + names_of(missing) + troubles_of(missing),
                 kNodePoll};
}

/// Machines that were lost since they enrolled are made anew, by the steps that made them; that
/// costs an attempt. With a lost master all machines are: its place in etcd cannot be filled by
/// another while the cluster forms. Nothing: none is surely lost.
base::Task<std::optional<Outcome>> CreateCluster::mend(const Attempt& attempt) {
  const auto is_lost = [&](const MachineRow& machine) {
    return is_void(machine) && machines_.is_away(machine);
  };
  if (those(rows_.machines(attempt.cluster), is_lost).empty()) co_return std::nullopt;
  if (auto seen = co_await machines_.poll(); !seen) co_return std::nullopt;
  const auto machines = rows_.machines(attempt.cluster);
  auto lost = those(machines, is_lost);
  if (lost.empty()) co_return std::nullopt;
  const bool master_lost = std::ranges::any_of(lost, &MachineRow::is_master);
  const std::string why = names_of(lost) + ": lost before the cluster was complete";
  // What has bootstrapped may be in use: etcd runs, pods have written.
  if (master_lost && std::ranges::any_of(machines, &MachineRow::bootstrapped)) {
    co_return failed({ErrorCode::kConflict,
                      why + "; etcd cannot form without it any more: delete the cluster",
                      {}});
  }
  if (master_lost) lost = machines;
  auto gone = co_await retire(attempt, lost, master_lost ? "a master was lost" : "it was lost");
  if (!gone && gone.error().code == ErrorCode::kUnavailable) {
    co_return Wait{gone.error().message, kMachinePoll};
  }
  if (!gone) co_return failed(gone.error());
  if (master_lost) agents_.forget(attempt.cluster);  // and with it the places in etcd
  go_back(database_, attempt.operation, master_lost ? "pki" : "machines");
  co_return Failed{{ErrorCode::kUnavailable, why, {}}, true};
}

base::Task<Outcome> CreateCluster::bootstrap(Attempt attempt) {
  if (auto mended = co_await mend(attempt)) co_return *mended;
  const auto machines = rows_.machines(attempt.cluster);
  const auto missing =
      those(machines, [](const MachineRow& machine) { return !machine.bootstrapped; });
  if (missing.empty()) co_return Done{};
  co_return Wait{"waiting for " + names_of(missing) + troubles_of(missing), kNodePoll};
}

base::Task<Outcome> CreateCluster::objects(Attempt attempt) {
  if (auto mended = co_await mend(attempt)) co_return *mended;
  const auto cluster = rows_.cluster(attempt.cluster);
  if (!cluster->gateway) co_return Wait{"waiting for a master that can be the gateway", kNodePoll};
  // Another attempt is another intent: the agent answers the same id the same, good or bad.
  const std::string intent =
      "objects-" + attempt.operation.value + "-" + std::to_string(attempt.number);
  auto outcome = co_await agents_.apply(cluster->id, intent, base_objects(), kApplyWait);
  if (!outcome && outcome.error().code == ErrorCode::kUnavailable) {
    co_return Wait{outcome.error().message, kNodePoll};
  }
  if (!outcome) co_return failed(outcome.error());
  for (const auto& object : outcome->objects()) {
    attempt.log(object.kind() + " " + object.name() + ": " +
                (object.ok() ? object.action() : object.message()));
  }
  if (outcome->ok()) co_return Done{};
  co_return Failed{{ErrorCode::kInternal, "the API server refused: " + outcome->message(), {}}};
}

base::Task<Outcome> CreateCluster::ready(Attempt attempt) {
  if (auto mended = co_await mend(attempt)) co_return *mended;
  const auto machines = rows_.machines(attempt.cluster);
  const auto missing = those(machines, [&](const MachineRow& machine) {
    return !machine.kubernetes.known || !machine.kubernetes.ready ||
           !agents_.facts(machine.id).connected;
  });
  if (missing.empty()) co_return Done{};
  std::string why;
  for (const MachineRow& machine : missing) {
    if (!machine.kubernetes.reason.empty())
      why += "; " + machine.name + ": " + machine.kubernetes.reason;
    if (is_broken(machine)) {
      why += "; the machine of " + machine.name + " is ";
      why += name_of(machine.cloud.state);
      why += ": switch it on in the cloud, or delete it there";
    }
  }
  co_return Wait{names_of(missing) + " not Ready yet" + why.substr(0, kMaxStepError), kNodePoll};
}

}  // namespace slipway::clusters
