// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/model.hpp"
#include "controller/clusters/node_releases.hpp"
#include "controller/clusters/operations.hpp"
#include "controller/releases/agent_releases.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kUpgradeWave = 5;  ///< workers at once
inline constexpr std::chrono::seconds kCanaryLimit{900};
inline constexpr std::chrono::seconds kWorkersLimit{7200};  ///< of all waves
inline constexpr std::chrono::seconds kMastersLimit{3600};

/// The steps that give a cluster's nodes another program of the agent: one node first, then the
/// workers in waves, then the masters one by one, the gateway last. Subject: the program's SHA-256
/// or kImageRelease. A node whose program fails ends the step; no other begins. What is to be done
/// is read from the rows at each look, so that it goes on after any crash.
class UpgradeAgents {
 public:
  UpgradeAgents(store::Database& database, const releases::AgentReleases& releases, Agents& agents,
                NodeReleases& nodes, const base::Clock& clock)
      : database_(database),
        releases_(releases),
        agents_(agents),
        nodes_(nodes),
        clock_(clock),
        rows_(database),
        started_(clock.utc()) {}

  Procedure procedure();

 private:
  /// One run of a step: what its nodes shall be, and the mark by which it knows those it began.
  struct Turn {
    const Attempt& attempt;
    ReleaseWish target;  ///< with its round
  };
  /// How far a node is with what a turn wants of it.
  enum class Stage {
    kSettled,   ///< it runs it
    kFailed,    ///< its agent gave up this turn's attempt
    kUnderWay,  ///< it was asked and has not answered for good
    kAway,      ///< it was out of reach when its turn came: it gets it when it is back
    kNext,      ///< not begun
  };

  base::Task<Outcome> preflight(Attempt attempt);
  base::Task<Outcome> canary(Attempt attempt);
  base::Task<Outcome> workers(Attempt attempt);
  base::Task<Outcome> masters(Attempt attempt);

  base::Result<Turn> turn_of(const Attempt& attempt, const std::string& step) const;
  Outcome advance(const Turn& turn, const std::vector<MachineRow>& nodes, std::size_t at_once);
  std::optional<MachineRow> choose_canary(const Turn& turn,
                                          const std::vector<MachineRow>& nodes) const;
  Stage stage_of(const MachineRow& node, const Turn& turn) const;
  bool is_reachable(const MachineRow& node) const;
  /// Out of reach for so short a time that it is waited for: right after the controller's start all
  /// nodes are, and passed over they would all begin at once.
  bool may_be_back(const MachineRow& node) const;
  void end(const Turn& turn, MachineRow node);
  std::vector<MachineRow> begin(const Turn& turn, const std::vector<MachineRow>& next,
                                std::size_t at_once);
  std::string waits_for(const MachineRow& node) const;

  store::Database& database_;
  const releases::AgentReleases& releases_;
  Agents& agents_;
  NodeReleases& nodes_;
  const base::Clock& clock_;
  Rows rows_;
  base::UtcTime started_;
};

}  // namespace slipway::clusters
