// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_watch.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "controller/clusters/cluster_states.hpp"
#include "protocol/base/log.hpp"

namespace slipway::clusters {
namespace {

constexpr char kLastStep[] = "ready";

}  // namespace

NodeWatch::NodeWatch(store::Database& database, Agents& agents, Operations& operations,
                     Changes& changes, NodeWords& words, NodeReleases& releases,
                     const base::Clock& clock)
    : database_(database),
      agents_(agents),
      operations_(operations),
      changes_(changes),
      words_(words),
      releases_(releases),
      clock_(clock),
      rows_(database),
      started_(clock.utc()) {}

void NodeWatch::changed(const MachineRow& machine) {
  changes_.publish({"node", machine.id.value, machine.cluster.value});
}

void NodeWatch::take_state(const MachineRow& machine, const wire::NodeState& state) {
  // After a restart thousands come back as they were.
  const bool news = !machine.enrolled || machine.facts != state.facts().SerializeAsString() ||
                    (state.bootstrapped() && !machine.bootstrapped) ||
                    !rows_.has_steps(machine.id, state) ||
                    (state.has_release() && releases_.is_news(machine, state.release()));
  if (news) store_state(machine, state);
  words_.forget_steps(machine.id);
  for (const auto& step : state.steps()) {
    if (step.state() == wire::StepReport::RUNNING) words_.running(machine.id, step);
  }
}

void NodeWatch::store_state(const MachineRow& machine, const wire::NodeState& state) {
  auto stored = database_.note([&]() -> base::Result<> {
    rows_.set_enrolled(machine.id, clock_.utc(), state.facts().SerializeAsString());
    rows_.replace_steps(machine.id, state);
    if (state.bootstrapped()) rows_.set_bootstrapped(machine.id);
    if (state.has_release()) releases_.note(machine.id, state.release());
    return {};
  });
  if (!stored) spdlog::error("node {}: {}", machine.name, stored.error().message);
}

void NodeWatch::link_up(const MachineId& id, const wire::NodeState& state) {
  const auto machine = rows_.machine(id);
  if (!machine) return;
  words_.set(id, std::nullopt);
  if (!machine->bootstrapped) troubles_.erase(id);  // of the machine before
  take_state(*machine, state);
  releases_.tell(id);
  if (machine->is_master()) pick_gateway(machine->cluster);
  operations_.wake(machine->cluster);
  changed(*machine);
}

void NodeWatch::link_down(const MachineId& id) {
  judged_.erase(id);
  const auto machine = rows_.machine(id);
  if (!machine) return;
  if (machine->is_master()) pick_gateway(machine->cluster);
  changed(*machine);
}

void NodeWatch::take_step(const MachineRow& machine, const wire::StepReport& step) {
  const auto known = rows_.steps(machine.id);
  const bool first = machine.bootstrapped == false && step.name() == kLastStep &&
                     step.state() == wire::StepReport::DONE;
  const auto same = std::ranges::find_if(known, [&](const NodeStep& each) {
    return each.name == step.name() && each.state == "running" && !each.ended &&
           step.state() == wire::StepReport::RUNNING && each.attempts == step.attempts();
  });
  if (same == known.end()) rows_.put_step(machine.id, step);
  if (step.state() == wire::StepReport::RUNNING) {
    words_.running(machine.id, step);
  } else {
    words_.ended(machine.id, step.name());
  }
  if (first) {
    rows_.set_bootstrapped(machine.id);
    spdlog::info("node {}: bootstrapping -> bootstrapped", machine.name);
    releases_.tell(machine.id);
    pick_gateway(machine.cluster);
  }
  if (first || step.state() == wire::StepReport::FAILED) operations_.wake(machine.cluster);
}

/// Told every few seconds: only what changes makes work.
void NodeWatch::take_health(const MachineId& id, const wire::NodeHealth& health) {
  // A master's troubles are all that there are: while they stay, the machine's row is not read.
  const std::string most = trouble_of(health, Role::kMaster);
  const auto judged = judged_.find(id);
  if (judged != judged_.end() && judged->second == most) return;
  const auto machine = rows_.machine(id);
  if (!machine || !machine->bootstrapped) return;
  judged_[id] = most;
  const auto known = troubles_.find(id);
  const std::string before = known == troubles_.end() ? std::string{} : known->second;
  const std::string now = most.empty() ? most : trouble_of(health, machine->role);
  if (now == before) return;
  troubles_.erase(id);
  if (!now.empty()) troubles_[id] = now;
  spdlog::info("node {}: {}", machine->name, now.empty() ? "well again" : now);
  changed(*machine);
}

void NodeWatch::reported(const MachineId& id, const wire::Report& report) {
  if (report.has_outcome() || report.has_trust()) return;  // others' affairs
  if (report.has_health()) return take_health(id, report.health());
  const auto machine = rows_.machine(id);
  if (!machine) return;
  if (report.has_step()) take_step(*machine, report.step());
  if (report.has_state()) {
    take_state(*machine, report.state());
    if (!machine->bootstrapped && report.state().bootstrapped()) releases_.tell(id);
    operations_.wake(machine->cluster);
  }
  if (report.has_release()) {
    releases_.note(id, report.release());
    operations_.wake(machine->cluster);
  }
  if (report.has_condition()) {
    const auto cluster = rows_.cluster(machine->cluster);
    if (!cluster || cluster->gateway != id) return;  // others have no say about nodes
    const auto& said = report.condition();
    condition(machine->cluster, said.node(),
              {true, said.ready(), said.reason(), base::from_unix_ms(said.utc_ms())});
    return;
  }
  changed(*machine);
}

void NodeWatch::condition(const ClusterId& cluster, const std::string& node,
                          const KubernetesFact& fact) {
  const auto machine = rows_.find_machine(cluster, node);
  if (!machine || machine->name != node) return;
  const KubernetesFact& old = machine->kubernetes;
  KubernetesFact news = fact;
  news.as_of = std::clamp(fact.as_of, base::from_unix_ms(1), clock_.utc());
  const bool same = old.known && old.ready == news.ready && old.reason == news.reason;
  if (same && news.as_of - old.as_of < kConditionGranularity) return;
  const auto stored = database_.note([&]() -> base::Result<> {
    rows_.set_kubernetes(machine->id, news);
    return {};
  });
  if (!stored) return spdlog::error("node {}: {}", node, stored.error().message);
  if (same) return;
  spdlog::info("node {}: {} -> {} {}", node, old.known && old.ready ? "Ready" : "not Ready",
               news.ready ? "Ready" : "not Ready", news.reason);
  operations_.wake(cluster);
  changed(*machine);
}

void NodeWatch::pick_gateway(const ClusterId& id) {
  if (const auto cluster = rows_.cluster(id)) pick_gateway(*cluster, rows_.masters(id));
}

void NodeWatch::pick_gateway(const ClusterRow& cluster, const std::vector<MachineRow>& machines) {
  if (cluster.deleted || cluster.state == ClusterState::kDeleting) return;
  std::vector<GatewayCandidate> masters;
  for (const MachineRow& machine : machines) {
    if (!machine.is_master()) continue;
    masters.push_back({machine.id, agents_.facts(machine.id).connected, machine.bootstrapped});
  }
  const auto next = choose_gateway(cluster.gateway, masters);
  if (next == cluster.gateway) return;
  rows_.set_gateway(cluster.id, next);
  spdlog::info("cluster {}: gateway {} -> {}", cluster.spec.name,
               cluster.gateway ? cluster.gateway->value : "none", next ? next->value : "none");
  if (cluster.gateway) agents_.refresh(*cluster.gateway);
  if (next) agents_.refresh(*next);
  agents_.gateway_changed(cluster.id);
  operations_.wake(cluster.id);
  changes_.publish({"cluster", cluster.id.value, cluster.id.value});
}

/// What a node's cluster is judged by, and no more.
Node NodeWatch::signs(const MachineRow& machine) const {
  Node node;
  node.name = machine.name;
  node.link = agents_.facts(machine.id);
  node.kubernetes = machine.kubernetes;
  node.machine_state = machine.cloud;
  if (const auto known = troubles_.find(machine.id); known != troubles_.end()) {
    node.trouble = known->second;
  }
  return node;
}

void NodeWatch::judge_one(const ClusterRow& cluster, const std::vector<MachineRow>& machines) {
  std::vector<Node> all;
  all.reserve(machines.size());
  for (const MachineRow& machine : machines) all.push_back(signs(machine));
  const Verdict verdict = judge(all, clock_.utc(), started_);
  const ClusterState next = next_state(cluster.state, verdict);
  const bool judged = next == ClusterState::kHealthy || next == ClusterState::kUnhealthy;
  if (!judged || (next == cluster.state && verdict.reason == cluster.reason)) return;
  rows_.set_state(cluster.id, next, verdict.reason);
  if (next != cluster.state) {
    spdlog::info("cluster {}: {} -> {} {}", cluster.spec.name, name_of(cluster.state),
                 name_of(next), verdict.reason);
  }
  changes_.publish({"cluster", cluster.id.value, cluster.id.value});
}

base::Task<base::Duration> NodeWatch::judge_all() {
  base::Duration took{};
  std::erase_if(troubles_, [&](const auto& each) { return !rows_.machine(each.first); });
  for (const ClusterRow& before : rows_.clusters()) {
    const auto began = clock_.monotonic();
    const auto cluster = rows_.cluster(before.id);  // others had their turn
    if (!cluster || cluster->deleted) continue;
    const auto machines = rows_.briefs(cluster->id);
    pick_gateway(*cluster, machines);
    judge_one(*cluster, machines);
    took += clock_.monotonic() - began;
    co_await base::asio::post(base::asio::use_awaitable);
  }
  co_return took;
}

Node NodeWatch::view(const MachineRow& machine, const ClusterRow& cluster) const {
  Node node;
  node.machine = machine.id;
  node.cluster = machine.cluster;
  node.cluster_name = cluster.spec.name;
  node.name = machine.name;
  node.role = machine.role;
  node.gateway = cluster.gateway == machine.id;
  node.address = machine.address;
  node.pod_cidr = machine.pod_cidr();
  node.flavor = machine.flavor;
  node.resource = machine.resource;
  node.bootstrapped = machine.bootstrapped;
  if (const auto known = troubles_.find(machine.id); known != troubles_.end()) {
    node.trouble = known->second;
  }
  node.link = agents_.facts(machine.id);
  node.kubernetes = machine.kubernetes;
  node.machine_state = machine.cloud;
  wire::NodeFacts facts;
  if (!machine.facts.empty() && facts.ParseFromString(machine.facts)) node.facts = facts;
  node.release = {.asked = machine.release.attempt > 0,
                  .wanted_version = machine.release.version,
                  .wanted_sha256 = machine.release.sha256,
                  .told = release_told(machine),
                  .as_of = machine.release_told_at};
  node.steps = words_.steps(machine.id, machine.enrolled, rows_.steps(machine.id));
  return node;
}

std::vector<Node> NodeWatch::nodes(const ClusterRow& cluster) const {
  std::vector<Node> found;
  for (const MachineRow& machine : rows_.machines(cluster.id)) {
    found.push_back(view(machine, cluster));
  }
  return found;
}

}  // namespace slipway::clusters
