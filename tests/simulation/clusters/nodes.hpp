// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/store/database.hpp"
#include "tests/fakes/fake_cloud.hpp"
#include "tests/simulation/clusters/mortal.hpp"

namespace slipway::simulation {

/// The agents of all machines, and what links, enrolment and intents would know of them. What a
/// node is lies on its machine's disk and outlives its power and the controller; tokens lie in the
/// controller's database.
class Nodes : public clusters::Agents {
 public:
  Nodes(store::Database& database, WorldClock& clock, Fate& fate, fakes::FakeCloud& cloud);

  // The world's side.
  void controller_started(clusters::Clusters& clusters, clusters::NodeRoster& roster);
  void controller_died();
  void turn();  ///< each node goes one step on
  std::size_t alive() const { return running().size(); }
  std::vector<base::ResourceId> running() const;
  bool enrolled(const base::ResourceId& resource) const;
  /// Its link ends and comes again, with all that it has to tell.
  void restart_agent(const base::ResourceId& resource);
  std::size_t refused() const { return refused_; }
  const std::map<std::string, unsigned>& applied() const { return applied_; }
  /// What etcd was asked: "leave NAME", "join URL", in order, each once.
  const std::vector<std::string>& member_changes() const { return member_changes_; }
  void fail_step(std::string step, unsigned times) { failing_ = {std::move(step), times}; }

  /// Names of the nodes in the order in which their agents began with another program.
  const std::vector<std::string>& upgrades() const { return upgrades_; }
  /// How many of them were at it at once, at most.
  std::size_t most_upgrades_at_once() const { return most_at_once_; }
  /// What the node's agent runs; empty: its image's program.
  std::string program(const std::string& node) const;
  /// The node's agent gives up the next programs that it is given.
  void fail_release(const std::string& node, unsigned times) { bad_releases_[node] = times; }

  links::LinkFacts facts(const base::MachineId& machine) const override;
  void refresh(const base::MachineId& machine) override;
  void release(const base::MachineId& machine, const wire::AgentRelease& release) override;
  base::Result<> retry(const base::MachineId& machine, const std::string& step) override;
  std::string issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                          const base::ResourceId& resource, wire::Role role) override;
  std::optional<std::string> suspicion(const base::MachineId&) const override { return {}; }
  void machine_runs(const base::MachineId& machine, base::UtcTime since) override;
  void forget(const base::MachineId& machine) override;
  void forget(const base::ClusterId& cluster) override;
  std::string discovery_token(const base::ClusterId& cluster, unsigned size) override;
  void gateway_changed(const base::ClusterId& cluster) override;
  base::Task<base::Result<wire::IntentOutcome>> apply(base::ClusterId cluster, std::string intent,
                                                      std::string manifest,
                                                      std::chrono::milliseconds wait) override;
  base::Task<base::Result<wire::IntentOutcome>> submit(base::ClusterId cluster, wire::Intent intent,
                                                       std::chrono::milliseconds wait) override;

 private:
  struct Node {
    bool powered = true;
    bool cut = false;  ///< its link ended and the controller has not been told yet
    std::string token;
    base::MachineId machine;  ///< empty until enrolled
    bool linked = false;
    bool told = false;  ///< its conditions were told on this link
    std::size_t step = 0;
    bool bootstrapped = false;
    wire::DesiredNode desired;
    std::string program;         ///< SHA-256 of what runs; empty: the image's
    std::string wanted_program;  ///< of the order that it works on
    wire::ReleaseState release;
    bool told_release = true;
  };
  void enrol(Node& node);
  void link(Node& node);
  void bootstrap(Node& node);
  void upgrade(Node& node);
  void show(Node& node, wire::ReleaseState::State state);
  void cut(Node& node);
  void tell_conditions(Node& node);
  void tell(const base::MachineId& machine);
  bool master_is_up(const std::string& cluster) const;
  Node* find(const base::MachineId& machine);
  const Node* find(const base::MachineId& machine) const;
  wire::StepReport report(const std::string& name, wire::StepReport::State state) const;

  store::Database& database_;
  WorldClock& clock_;
  Fate& fate_;
  std::map<base::ResourceId, Node> nodes_;
  clusters::Clusters* clusters_ = nullptr;
  clusters::NodeRoster* roster_ = nullptr;
  std::map<std::string, unsigned> applied_;  ///< intent -> how often its objects were made
  std::vector<std::string> member_changes_;
  std::pair<std::string, unsigned> failing_;
  std::size_t refused_ = 0;
  std::vector<std::string> upgrades_;
  std::size_t most_at_once_ = 0;
  std::map<std::string, unsigned> bad_releases_;
};

}  // namespace slipway::simulation
