// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/clusters/nodes.hpp"

#include "protocol/pki/pki.hpp"
#include "protocol/release/release.hpp"

namespace slipway::simulation {
namespace {

constexpr const char* kSteps[] = {"disks", "containerd", "join", "ready"};

bool is_at_it(const wire::ReleaseState& release) {
  return release.state() == wire::ReleaseState::FETCHING ||
         release.state() == wire::ReleaseState::TRYING;
}

}  // namespace

Nodes::Nodes(store::Database& database, WorldClock& clock, Fate& fate, fakes::FakeCloud& cloud)
    : database_(database), clock_(clock), fate_(fate) {
  database_.prepare("CREATE TABLE tokens (token TEXT PRIMARY KEY, machine TEXT, good INTEGER)")
      .run();
  cloud.on_running = [this](const cloud::MachineSpec& spec, const cloud::Machine& machine) {
    Node& node = nodes_[machine.id];
    node.token = spec.user_data;
    node.powered = true;
    if (!node.release.state()) show(node, wire::ReleaseState::SETTLED);
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
  *state.mutable_release() = node.release;
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

void Nodes::show(Node& node, wire::ReleaseState::State state) {
  node.release.set_state(state);
  node.release.set_running_sha256(node.program.empty() ? "of-the-image" : node.program);
  node.release.set_from_image(node.program.empty());
  node.release.set_wanted_sha256(node.wanted_program);
  node.release.set_error(state == wire::ReleaseState::FAILED ? "it did not hold its link" : "");
}

void Nodes::release(const base::MachineId& machine, const wire::AgentRelease& order) {
  fate_.moment(Fate::Moments::kCalls, "before release");
  Node* node = find(machine);
  if (node == nullptr || !node->linked) return;
  const auto wanted = release::parse_statement(order.statement());
  const std::string sha256 = wanted ? wanted->sha256 : std::string{};
  const bool known = node->release.attempt() == order.attempt() && node->wanted_program == sha256;
  if (known && (is_at_it(node->release) || node->release.state() == wire::ReleaseState::FAILED)) {
    return;
  }
  node->wanted_program = sha256;
  node->release.set_attempt(order.attempt());
  const bool same = node->program == sha256;
  // Told at its next turn: it is not in the controller's own call that an agent answers.
  show(*node, same ? wire::ReleaseState::SETTLED : wire::ReleaseState::FETCHING);
  node->told_release = false;
  if (!same) upgrades_.push_back(node->desired.node_name());
  std::size_t at_once = 0;
  for (const auto& [id, each] : nodes_) at_once += is_at_it(each.release);
  most_at_once_ = std::max(most_at_once_, at_once);
  fate_.moment(Fate::Moments::kCalls, "after release");
}

/// Fetches, restarts into it, and holds its link or goes back: a turn each.
void Nodes::upgrade(Node& node) {
  if (!std::exchange(node.told_release, true)) {
    wire::Report told;
    *told.mutable_release() = node.release;
    return clusters_->reported(node.machine, told);
  }
  if (!is_at_it(node.release)) return;
  unsigned& bad = bad_releases_[node.desired.node_name()];
  if (node.release.state() == wire::ReleaseState::FETCHING) {
    show(node, wire::ReleaseState::TRYING);
    cut(node);
  } else if (bad > 0) {
    --bad;
    show(node, wire::ReleaseState::FAILED);
    cut(node);
  } else {
    node.program = node.wanted_program;
    show(node, wire::ReleaseState::SETTLED);
    node.told_release = false;
  }
}

std::string Nodes::program(const std::string& name) const {
  for (const auto& [id, node] : nodes_) {
    if (node.powered && node.desired.node_name() == name) return node.program;
  }
  return "no such node";
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
      upgrade(node);
      if (node.cut) continue;
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
