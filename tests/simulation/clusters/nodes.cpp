// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/clusters/nodes.hpp"

#include "protocol/pki/pki.hpp"

namespace slipway::simulation {
namespace {

constexpr const char* kSteps[] = {"disks", "containerd", "join", "ready"};

}  // namespace

Nodes::Nodes(store::Database& database, WorldClock& clock, Fate& fate, fakes::FakeCloud& cloud)
    : database_(database), clock_(clock), fate_(fate) {
  database_.prepare("CREATE TABLE tokens (token TEXT PRIMARY KEY, machine TEXT, good INTEGER)")
      .run();
  cloud.on_running = [this](const cloud::MachineSpec& spec, const cloud::Machine& machine) {
    Node& node = nodes_[machine.id];
    node.token = spec.user_data;
    node.powered = true;
  };
  cloud.on_stopped = [this](const base::ResourceId& id) {
    Node& node = nodes_[id];
    node.powered = false;
    cut(node);
  };
}

void Nodes::cut(Node& node) {
  node.cut |= node.linked;
  node.linked = node.told = false;
}

std::vector<base::ResourceId> Nodes::running() const {
  std::vector<base::ResourceId> all;
  for (const auto& [id, node] : nodes_) {
    if (node.powered) all.push_back(id);
  }
  return all;
}

bool Nodes::enrolled(const base::ResourceId& resource) const {
  const auto node = nodes_.find(resource);
  return node != nodes_.end() && !node->second.machine.empty();
}

void Nodes::restart_agent(const base::ResourceId& resource) {
  cut(nodes_.at(resource));
}

void Nodes::controller_started(clusters::Clusters& clusters, clusters::NodeRoster& roster) {
  clusters_ = &clusters;
  roster_ = &roster;
}

void Nodes::controller_died() {
  clusters_ = nullptr;
  roster_ = nullptr;
  for (auto& [id, node] : nodes_) node.linked = node.told = node.cut = false;
}

Nodes::Node* Nodes::find(const base::MachineId& machine) {
  for (auto& [id, node] : nodes_) {
    if (node.powered && node.machine == machine) return &node;
  }
  return nullptr;
}

const Nodes::Node* Nodes::find(const base::MachineId& machine) const {
  return const_cast<Nodes*>(this)->find(machine);
}

void Nodes::enrol(Node& node) {
  auto row = database_.prepare("SELECT machine FROM tokens WHERE token=? AND good=1");
  if (row.bind(node.token).step()) {
    node.machine = base::MachineId{row.text(0)};
  } else {
    ++refused_;
  }
}

void Nodes::link(Node& node) {
  if (!roster_->find(node.machine)) return;
  node.linked = true;
  wire::NodeState state;
  state.mutable_facts()->set_machine_id(node.machine.value);
  for (std::size_t i = 0; i < node.step; ++i) {
    *state.add_steps() = report(kSteps[i], wire::StepReport::DONE);
  }
  state.set_bootstrapped(node.bootstrapped);
  state.set_desired_generation(node.desired.generation());
  clusters_->link_up(node.machine, state);
  tell(node.machine);
}

void Nodes::tell(const base::MachineId& machine) {
  Node* node = find(machine);
  if (node == nullptr || !node->linked) return;
  if (auto desired = roster_->desired(machine)) node->desired = std::move(*desired);
}

bool Nodes::master_is_up(const std::string& cluster) const {
  for (const auto& [id, node] : nodes_) {
    if (node.desired.role() == wire::MASTER && node.desired.cluster_id() == cluster &&
        node.bootstrapped && node.powered) {
      return true;
    }
  }
  return false;
}

wire::StepReport Nodes::report(const std::string& name, wire::StepReport::State state) const {
  wire::StepReport report;
  report.set_name(name);
  report.set_state(state);
  report.set_attempts(1);
  return report;
}

void Nodes::bootstrap(Node& node) {
  if (node.bootstrapped || node.desired.generation() == 0) return;
  const std::string name = kSteps[node.step];
  if (name == "join" && node.desired.role() == wire::WORKER &&
      !master_is_up(node.desired.cluster_id())) {
    return;
  }
  wire::Report told;
  if (name == failing_.first && failing_.second > 0) {
    --failing_.second;
    *told.mutable_step() = report(name, wire::StepReport::FAILED);
    told.mutable_step()->set_error("made to fail");
  } else {
    *told.mutable_step() = report(name, wire::StepReport::DONE);
    if (++node.step == std::size(kSteps)) node.bootstrapped = true;
  }
  clusters_->reported(node.machine, told);
}

void Nodes::tell_conditions(Node& gateway) {
  for (const auto& [id, node] : nodes_) {
    if (!node.bootstrapped || !node.powered) continue;
    if (node.desired.cluster_id() != gateway.desired.cluster_id()) continue;
    wire::Report told;
    told.mutable_condition()->set_node(node.desired.node_name());
    told.mutable_condition()->set_ready(true);
    told.mutable_condition()->set_utc_ms(base::to_unix_ms(clock_.utc()));
    clusters_->reported(gateway.machine, told);
  }
}

void Nodes::turn() {
  if (clusters_ == nullptr) return;
  for (auto& [id, node] : nodes_) {
    if (std::exchange(node.cut, false)) {
      clusters_->link_down(node.machine, {base::ErrorCode::kUnavailable, "it went silent", {}});
    } else if (!node.powered) {
      continue;
    } else if (node.machine.empty()) {
      enrol(node);
    } else if (!node.linked) {
      link(node);
    } else {
      bootstrap(node);
      if (node.bootstrapped && node.desired.gateway()) tell_conditions(node);
    }
  }
}

links::LinkFacts Nodes::facts(const base::MachineId& machine) const {
  links::LinkFacts facts;
  const Node* node = find(machine);
  facts.connected = node != nullptr && node->linked;
  return facts;
}

void Nodes::refresh(const base::MachineId& machine) {
  fate_.moment(Fate::Moments::kCalls, "before refresh");
  tell(machine);
}

base::Result<> Nodes::retry(const base::MachineId&, const std::string&) {
  return {};
}

std::string Nodes::issue_token(const base::MachineId& machine, const base::ClusterId&,
                               const base::ResourceId&, wire::Role) {
  fate_.moment(Fate::Moments::kCalls, "before issue_token");
  database_.prepare("UPDATE tokens SET good=0 WHERE machine=?").bind(machine.value).run();
  const std::string token = pki::random_hex(32);
  database_.prepare("INSERT INTO tokens VALUES (?,?,1)").bind(token).bind(machine.value).run();
  fate_.moment(Fate::Moments::kCalls, "after issue_token");
  return token;
}

void Nodes::machine_runs(const base::MachineId&, base::UtcTime) {
  fate_.moment(Fate::Moments::kCalls, "before machine_runs");
}

void Nodes::forget(const base::MachineId& machine) {
  fate_.moment(Fate::Moments::kCalls, "before forget");
  database_.prepare("UPDATE tokens SET good=0 WHERE machine=?").bind(machine.value).run();
  if (Node* node = find(machine)) node->linked = false;
  fate_.moment(Fate::Moments::kCalls, "after forget");
}

void Nodes::forget(const base::ClusterId&) {
  fate_.moment(Fate::Moments::kCalls, "before forget of the cluster");
}

std::string Nodes::discovery_token(const base::ClusterId& cluster, unsigned) {
  fate_.moment(Fate::Moments::kCalls, "before discovery_token");
  return "discovery-" + cluster.value;
}

void Nodes::gateway_changed(const base::ClusterId&) {
  fate_.moment(Fate::Moments::kCalls, "before gateway_changed");
}

base::Task<base::Result<wire::IntentOutcome>> Nodes::apply(base::ClusterId cluster,
                                                           std::string intent, std::string,
                                                           std::chrono::milliseconds wait) {
  wire::Intent whole;
  whole.set_id(std::move(intent));
  return submit(std::move(cluster), std::move(whole), wait);
}

base::Task<base::Result<wire::IntentOutcome>> Nodes::submit(base::ClusterId cluster,
                                                            wire::Intent whole,
                                                            std::chrono::milliseconds) {
  const std::string intent = whole.id();
  fate_.moment(Fate::Moments::kCalls, "before apply");
  const auto gateway = roster_->gateway(cluster);
  const Node* node = gateway ? find(*gateway) : nullptr;
  if (node == nullptr || !node->linked) {
    co_return base::fail(base::ErrorCode::kUnavailable, "the cluster has not answered yet");
  }
  if (!applied_.contains(intent)) {
    applied_[intent] = 1;
    const auto& member = whole.etcd_member();
    const std::string change =
        member.peer_url().empty() ? "leave " + member.name() : "join " + member.peer_url();
    const bool news = member_changes_.empty() || member_changes_.back() != change;
    if (whole.has_etcd_member() && news) member_changes_.push_back(change);
  }
  wire::IntentOutcome outcome;
  outcome.set_intent_id(intent);
  outcome.set_ok(true);
  fate_.moment(Fate::Moments::kCalls, "after apply");
  co_return outcome;
}

}  // namespace slipway::simulation
