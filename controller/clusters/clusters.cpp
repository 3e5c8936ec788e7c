// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/clusters.hpp"

#include <algorithm>

#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/cluster_rules.hpp"
#include "controller/clusters/clusters_state.hpp"
#include "controller/clusters/key_pairs.hpp"
#include "controller/rounds.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::chrono::seconds kWatchInterval{5};
/// Judging thousands of nodes takes tenths of a second: it may take a hundredth of the time.
constexpr int kJudgingShare = 100;
constexpr std::chrono::seconds kMaxJudgingPause{30};
constexpr std::chrono::seconds kReconcileInterval{60};

std::unexpected<base::Error> no_cluster(const std::string& id_or_name) {
  return fail(ErrorCode::kNotFound, "no cluster " + id_or_name, "cluster");
}

}  // namespace

Cluster Clusters::State::view(const ClusterRow& row) const {
  Cluster cluster{row.id, row.spec, row.state, row.reason, row.created, row.created_by};
  if (cluster.spec.kubernetes_version.empty()) {
    cluster.spec.kubernetes_version = ground.roster.image().kubernetes;
  }
  cluster.network_cidr = row.network_cidr;
  cluster.api_address = row.api_address;
  cluster.gateway = row.gateway;
  cluster.reachable = row.gateway && ground.agents.facts(*row.gateway).connected;
  for (const MachineRow& machine : rows.briefs(row.id)) {
    ++cluster.nodes_total;
    const KubernetesFact& fact = machine.kubernetes;
    cluster.nodes_ready += fact.known && fact.ready;
    if (fact.known) cluster.as_of = std::min(cluster.as_of.value_or(fact.as_of), fact.as_of);
  }
  const auto latest = operations.latest(row.id);
  if (latest && latest->state != OperationState::kDone &&
      latest->state != OperationState::kCancelled) {
    cluster.operation = latest->id;
  }
  return cluster;
}

base::Result<ClusterRow> Clusters::State::find(const std::string& id_or_name) const {
  auto row = rows.find_cluster(id_or_name);
  if (!row) return no_cluster(id_or_name);
  return std::move(*row);
}

OperationView Clusters::State::view(OperationRecord record) const {
  OperationView view{std::move(record)};
  const auto cluster = rows.cluster(view.operation.cluster);
  if (!cluster) return view;
  view.cluster_name = cluster->spec.name;
  if (view.operation.kind == kCreateCluster) view.nodes = watch.nodes(*cluster);
  if (view.operation.kind == kReplaceNode) {
    const auto machine = rows.machine(MachineId{view.operation.subject});
    if (machine) view.nodes = {watch.view(*machine, *cluster)};
  }
  return view;
}

base::Result<Accepted> Clusters::State::accepted(const ClusterId& id,
                                                 const OperationId& operation) const {
  const auto row = rows.cluster(id);
  auto record = operations.get(operation);
  if (!record) return fail(record);
  return Accepted{view(*row), std::move(*record)};
}

/// All rows of a cluster to be, in one transaction: a request that was answered is not forgotten.
base::Result<Accepted> Clusters::State::insert(const ClusterSpec& spec, const std::string& by) {
  ClusterRow cluster;
  cluster.id = ClusterId{base::new_id()};
  cluster.spec = spec;
  cluster.created = ground.clock.utc();
  cluster.created_by = by;
  OperationId operation;
  auto stored = ground.database.transaction([&]() -> base::Result<> {
    rows.insert(cluster);
    for (unsigned i = 0; i < spec.masters + spec.workers; ++i) {
      const bool is_master = i < spec.masters;
      const unsigned number = is_master ? i + 1 : i - spec.masters + 1;
      MachineRow machine{MachineId{base::new_id()}, cluster.id};
      machine.role = is_master ? Role::kMaster : Role::kWorker;
      machine.name =
          spec.name + "-" + std::string{name_of(machine.role)} + "-" + std::to_string(number);
      machine.ordinal = i;
      machine.flavor = is_master ? spec.master_flavor : spec.worker_flavor;
      rows.insert(machine);
    }
    auto added = operations.add(kCreateCluster, cluster.id, by);
    if (!added) return fail(added);
    operation = *added;
    return {};
  });
  if (!stored) return fail(stored);
  spdlog::info("cluster {}: accepted from {} ({} masters, {} workers)", spec.name, by, spec.masters,
               spec.workers);
  ground.changes.publish({"cluster", cluster.id.value, cluster.id.value});
  return accepted(cluster.id, operation);
}

Clusters::Clusters(base::asio::any_io_executor executor, Foundation foundation)
    : state_(std::make_unique<State>(executor, std::move(foundation))) {}

Clusters::~Clusters() = default;

void Clusters::start() {
  State& self = *state_;
  self.operations.start();
  self.tasks.spawn("watch of the nodes", [](Clusters& clusters) -> base::Task<> {
    for (;;) {
      co_await controller::outlive("watch of the nodes", clusters.watch_once());
      co_await base::sleep_for(kWatchInterval);
    }
  }(*this));
  self.tasks.spawn("consoles", self.consoles.run());
  self.tasks.spawn("reconciler", [](Clusters& clusters) -> base::Task<> {
    for (;;) {
      co_await controller::outlive("reconciler", clusters.reconcile_once());
      co_await base::sleep_for(kReconcileInterval);
    }
  }(*this));
}

base::Task<> Clusters::stop() {
  co_await state_->operations.stop();
  co_await state_->tasks.join();
}

base::Task<base::Result<Accepted>> Clusters::create(ClusterSpec spec, std::string by) {
  State& self = *state_;
  if (auto good = check(spec); !good) co_return fail(good);
  if (auto good = check_version(spec, self.ground.roster.image().kubernetes); !good) {
    co_return fail(good);
  }
  ClusterSpec whole = spec;
  // A cloud that is away now is asked again by the operation's first step.
  auto flavors = co_await self.ground.cloud.flavors();
  auto quotas = co_await self.ground.cloud.quotas();
  if (flavors) {
    auto good = choose_flavors(whole, *flavors, self.ground.cloud.small_machines());
    if (!good) co_return fail(good);
  }
  // No suspension from here to the rows: the same request twice at once meets itself here.
  if (const auto known = self.rows.find_cluster(spec.name);
      known && known->spec.name == spec.name) {
    const auto operation = self.operations.latest(known->id);
    const bool same = known->spec == whole || known->spec == spec;
    if (same && operation && operation->kind == kCreateCluster) {
      co_return self.accepted(known->id, operation->id);
    }
    co_return fail(ErrorCode::kConflict, "a cluster named " + spec.name + " exists already",
                   "name");
  }
  if (!spec.key_pair.empty() && !KeyPairs{self.ground.database}.find(spec.key_pair)) {
    co_return fail(ErrorCode::kInvalid,
                   "there is no key pair " + spec.key_pair + "; make it first (/api/v1/key-pairs)",
                   "keyPair");
  }
  if (flavors && quotas) {
    if (auto good = check_quotas(whole, *flavors, *quotas); !good) co_return fail(good);
  }
  co_return self.insert(whole, by);
}

base::Result<Accepted> Clusters::remove(const std::string& id_or_name, const std::string& by) {
  State& self = *state_;
  auto row = self.find(id_or_name);
  if (!row) return fail(row);
  if (row->state == ClusterState::kDeleting) {
    const auto operation = self.operations.latest(row->id);
    if (operation && operation->state == OperationState::kFailed) {
      if (auto again = self.operations.retry(operation->id); !again) return fail(again);
    }
    if (operation) return self.accepted(row->id, operation->id);
  }
  OperationId operation;
  auto stored = self.ground.database.transaction([&]() -> base::Result<> {
    self.operations.cancel_all(row->id);
    self.rows.set_state(row->id, ClusterState::kDeleting, {});
    auto added = self.operations.add(kDeleteCluster, row->id, by);
    if (!added) return fail(added);
    operation = *added;
    return {};
  });
  if (!stored) return fail(stored);
  spdlog::info("cluster {}: {} -> deleting (asked by {})", row->spec.name, name_of(row->state), by);
  self.ground.changes.publish({"cluster", row->id.value, row->id.value});
  return self.accepted(row->id, operation);
}

base::Result<Cluster> Clusters::get(const std::string& id_or_name) const {
  auto row = state_->find(id_or_name);
  if (!row) return fail(row);
  return state_->view(*row);
}

std::vector<Cluster> Clusters::list() const {
  std::vector<Cluster> all;
  for (const ClusterRow& row : state_->rows.clusters()) all.push_back(state_->view(row));
  return all;
}

base::Result<ClusterName> Clusters::named(const std::string& id_or_name) const {
  const auto& row = state_->standing(id_or_name);
  if (!row) return no_cluster(id_or_name);
  return ClusterName{.id = row->id, .name = row->name};
}

std::vector<ClusterName> Clusters::names() const {
  std::vector<ClusterName> all;
  for (const ClusterRow& row : state_->rows.clusters()) all.push_back({row.id, row.spec.name});
  return all;
}

base::Result<OperationView> Clusters::operation(const OperationId& id) const {
  auto record = state_->operations.get(id);
  if (!record) return fail(record);
  return state_->view(std::move(*record));
}

std::vector<OperationView> Clusters::operations(const std::optional<std::string>& cluster) const {
  std::vector<OperationView> views;
  std::optional<ClusterId> id;
  if (cluster) {
    const auto row = state_->rows.find_cluster(*cluster);
    id = row ? row->id : ClusterId{*cluster};  // a deleted one is still known by its id
  }
  for (OperationRecord& record : state_->operations.list(id)) {
    views.push_back(state_->view(std::move(record)));
  }
  return views;
}

base::Result<OperationView> Clusters::retry(const OperationId& id) {
  State& self = *state_;
  auto record = self.operations.get(id);
  if (!record) return fail(record);
  auto stored = self.ground.database.transaction([&]() -> base::Result<> {
    if (auto again = self.operations.retry(id); !again) return again;
    if (record->kind == kCreateCluster) {
      self.rows.set_state(record->cluster, ClusterState::kCreating, {});
    }
    return {};
  });
  if (!stored) return fail(stored);
  for (const MachineRow& machine : self.rows.machines(record->cluster)) {
    // The node runs its failed step again by itself in a while; this only saves that time.
    if (!machine.bootstrapped) (void)self.ground.agents.retry(machine.id, {});
  }
  self.ground.changes.publish({"cluster", record->cluster.value, record->cluster.value});
  return operation(id);
}

base::Result<std::string> Clusters::kubernetes_ca(const std::string& id_or_name) const {
  auto row = state_->find(id_or_name);
  if (!row) return fail(row);
  return read_kubernetes_ca(state_->ground.secrets, row->id);
}

base::Result<MachineId> Clusters::connected_gateway(const std::string& id_or_name) const {
  const auto& row = state_->standing(id_or_name);
  if (!row) return no_cluster(id_or_name);
  if (!row->gateway) {
    return fail(ErrorCode::kUnavailable, "cluster " + row->name + " has no gateway yet");
  }
  const auto facts = state_->ground.agents.facts(*row->gateway);
  if (facts.connected) return *row->gateway;
  return fail(
      ErrorCode::kUnavailable,
      "cluster " + row->name + " is out of reach" +
          (facts.since == base::UtcTime{} ? "" : " since " + base::to_rfc3339(facts.since)) +
          (facts.why_down.empty() ? "" : ": " + facts.why_down));
}

void Clusters::node_condition(const ClusterId& cluster, const std::string& node, bool ready,
                              const std::string& reason, base::UtcTime as_of) {
  state_->watch.condition(cluster, node, {true, ready, reason, as_of});
}

void Clusters::link_up(const MachineId& machine, const wire::NodeState& state) {
  state_->watch.link_up(machine, state);
}

void Clusters::link_down(const MachineId& machine, const base::Error&) {
  state_->watch.link_down(machine);
}

void Clusters::reported(const MachineId& machine, const wire::Report& report) {
  state_->watch.reported(machine, report);
}

Operations& Clusters::engine() {
  return state_->operations;
}

base::Task<> Clusters::watch_once() {
  if (auto seen = co_await state_->machines.poll(); !seen) {
    spdlog::warn("the cloud does not answer: {}", seen.error().message);
  }
  if (state_->ground.clock.monotonic() >= state_->judging_due) {
    const auto took = co_await state_->watch.judge_all();
    state_->judging_due = state_->ground.clock.monotonic() +
                          std::min<base::Duration>(kJudgingShare * took, kMaxJudgingPause);
  }
  for (const ClusterRow& cluster : state_->rows.clusters()) {
    const bool settled =
        cluster.state == ClusterState::kHealthy || cluster.state == ClusterState::kUnhealthy;
    if (!settled) continue;  // its operation sees to it
    if (auto kept = co_await state_->api.ensure(cluster.id); !kept) {
      spdlog::warn("cluster {}: its load balancer: {}", cluster.spec.name, kept.error().message);
    }
  }
}

base::Task<> Clusters::reconcile_once() {
  if (auto found = co_await state_->reconciler.run(); !found) {
    spdlog::warn("the cloud does not tell what it has: {}", found.error().message);
  }
}

}  // namespace slipway::clusters
