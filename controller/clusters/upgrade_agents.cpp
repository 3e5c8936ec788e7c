// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/upgrade_agents.hpp"

#include <algorithm>

#include "controller/clusters/cluster_states.hpp"
#include "controller/clusters/create_cluster.hpp"
#include "protocol/base/check.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;
using wire::ReleaseState;

constexpr char kCanary[] = "canary";
constexpr char kEnded[] = "/done";  ///< after the round of a node whose turn is over

bool wants(const ReleaseWish& wish, const ReleaseWish& target) {
  const bool is_image = target.sha256.empty() && wish.attempt == 0;
  return wish.sha256 == target.sha256 && (wish.attempt > 0 || is_image);
}

bool runs(const std::optional<ReleaseState>& told, const std::string& sha256) {
  if (!told || told->state() != ReleaseState::SETTLED) return false;
  return sha256.empty() ? told->from_image() : told->running_sha256() == sha256;
}

bool has_failed(const MachineRow& node) {
  const auto told = release_told(node);
  return told && told->state() == ReleaseState::FAILED && told->attempt() == node.release.attempt;
}

std::string program_of(const ReleaseWish& target) {
  return target.sha256.empty() ? "the image's program" : "release " + target.version;
}

base::Error failure_of(const MachineRow& node) {
  const auto told = release_told(node);
  wire::NodeFacts facts;
  const bool known = facts.ParseFromString(node.facts) && !facts.agent_version().empty();
  return {ErrorCode::kInternal,
          node.name + ": " + told->error() + "; it runs " +
              (known ? facts.agent_version() : told->running_sha256()) + " as before",
          {}};
}

std::string round_of(const Attempt& attempt, const std::string& step) {
  return attempt.operation.value + "/" + step + "/";
}

/// In the order of their turns: the gateway goes last, it does the cluster's work meanwhile.
std::vector<MachineRow> nodes_of(const std::vector<MachineRow>& all, Role role,
                                 const std::optional<MachineId>& gateway) {
  std::vector<MachineRow> found;
  std::ranges::copy_if(all, std::back_inserter(found),
                       [&](const MachineRow& node) { return node.role == role; });
  const auto last =
      std::ranges::find_if(found, [&](const MachineRow& node) { return node.id == gateway; });
  if (last != found.end()) std::rotate(last, last + 1, found.end());
  return found;
}

}  // namespace

Procedure UpgradeAgents::procedure() {
  Procedure procedure;
  procedure.kind = kUpgradeAgents;
  procedure.steps = {
      step_of(this, "preflight", kPreflightLimit, kCloudAttempts, &UpgradeAgents::preflight),
      step_of(this, kCanary, kCanaryLimit, kNodeAttempts, &UpgradeAgents::canary),
      step_of(this, "workers", kWorkersLimit, kNodeAttempts, &UpgradeAgents::workers),
      step_of(this, "masters", kMastersLimit, kNodeAttempts, &UpgradeAgents::masters),
  };
  procedure.done = [](const ClusterId&) {};
  procedure.failed = [](const ClusterId&, const base::Error&) {};
  return procedure;
}

bool UpgradeAgents::is_reachable(const MachineRow& node) const {
  return node.bootstrapped && agents_.facts(node.id).connected;
}

bool UpgradeAgents::may_be_back(const MachineRow& node) const {
  const auto since = std::max(agents_.facts(node.id).since, started_);
  return !is_reachable(node) && clock_.utc() - since <= kLinkGrace;
}

base::Result<UpgradeAgents::Turn> UpgradeAgents::turn_of(const Attempt& attempt,
                                                         const std::string& step) const {
  Turn turn{attempt, {}};
  turn.target.round = round_of(attempt, step) + std::to_string(attempt.number);
  if (attempt.subject == kImageRelease) return turn;
  auto entry = releases_.find(attempt.subject);
  if (!entry) return fail(entry);
  turn.target.sha256 = entry->release.sha256;
  turn.target.version = entry->release.version;
  turn.target.statement = entry->statement;
  turn.target.signature = entry->signature;
  return turn;
}

UpgradeAgents::Stage UpgradeAgents::stage_of(const MachineRow& node, const Turn& turn) const {
  const bool is_ours = node.release.round == turn.target.round;
  const bool wanted = wants(node.release, turn.target);
  const bool reachable = is_reachable(node);
  if (wanted && runs(release_told(node), turn.target.sha256) && (reachable || !is_ours)) {
    return Stage::kSettled;
  }
  if (!wanted || !is_ours) return Stage::kNext;
  if (has_failed(node)) return Stage::kFailed;
  return !reachable && node.release.missed ? Stage::kAway : Stage::kUnderWay;
}

base::Task<Outcome> UpgradeAgents::preflight(Attempt attempt) {
  const auto cluster = rows_.cluster(attempt.cluster);
  if (!cluster ||
      (cluster->state != ClusterState::kHealthy && cluster->state != ClusterState::kUnhealthy)) {
    co_return Failed{{ErrorCode::kConflict, "the cluster is not complete", {}}, false};
  }
  if (auto turn = turn_of(attempt, "preflight"); !turn) co_return Failed{turn.error(), false};
  co_return Done{};
}

/// The one of before while it is of use, else the node that costs the cluster least.
std::optional<MachineRow> UpgradeAgents::choose_canary(const Turn& turn,
                                                       const std::vector<MachineRow>& nodes) const {
  const std::string rounds = round_of(turn.attempt, kCanary);
  for (const MachineRow& node : nodes) {
    if (!node.release.round.starts_with(rounds) || !wants(node.release, turn.target)) continue;
    if (node.release.round == turn.target.round || is_reachable(node)) return node;
  }
  for (const MachineRow& node : nodes) {
    if (is_reachable(node) && stage_of(node, turn) == Stage::kNext) return node;
  }
  return std::nullopt;
}

base::Task<Outcome> UpgradeAgents::canary(Attempt attempt) {
  auto turn = turn_of(attempt, kCanary);
  if (!turn) co_return Failed{turn.error(), false};
  const auto cluster = rows_.cluster(attempt.cluster);
  const auto all = rows_.machines(attempt.cluster);
  auto nodes = nodes_of(all, Role::kWorker, cluster->gateway);
  std::ranges::copy(nodes_of(all, Role::kMaster, cluster->gateway), std::back_inserter(nodes));
  if (const auto chosen = choose_canary(*turn, nodes)) co_return advance(*turn, {*chosen}, 1);
  const bool any =
      std::ranges::any_of(nodes, [&](const MachineRow& node) { return is_reachable(node); });
  if (any) co_return Done{};
  co_return Wait{"no node of the cluster is in reach", kNodePoll};
}

base::Task<Outcome> UpgradeAgents::workers(Attempt attempt) {
  auto turn = turn_of(attempt, "workers");
  if (!turn) co_return Failed{turn.error(), false};
  const auto nodes = nodes_of(rows_.machines(attempt.cluster), Role::kWorker, std::nullopt);
  co_return advance(*turn, nodes, kUpgradeWave);
}

base::Task<Outcome> UpgradeAgents::masters(Attempt attempt) {
  auto turn = turn_of(attempt, "masters");
  if (!turn) co_return Failed{turn.error(), false};
  const auto cluster = rows_.cluster(attempt.cluster);
  const auto nodes = nodes_of(rows_.machines(attempt.cluster), Role::kMaster, cluster->gateway);
  co_return advance(*turn, nodes, 1);
}

/// A wave begins once nobody of the one before is under way.
Outcome UpgradeAgents::advance(const Turn& turn, const std::vector<MachineRow>& nodes,
                               std::size_t at_once) {
  std::vector<MachineRow> under_way, next;
  for (const MachineRow& node : nodes) {
    switch (stage_of(node, turn)) {
      case Stage::kSettled:
        if (node.release.round == turn.target.round) end(turn, node);
        break;
      case Stage::kFailed:
        return Failed{failure_of(node), false};
      case Stage::kUnderWay:
        under_way.push_back(node);
        break;
      case Stage::kAway:
        break;
      case Stage::kNext:
        next.push_back(node);
        break;
    }
  }
  if (under_way.empty()) {
    std::ranges::copy_if(next, std::back_inserter(under_way),
                         [&](const MachineRow& node) { return may_be_back(node); });
  }
  if (under_way.empty()) under_way = begin(turn, next, at_once);
  if (under_way.empty()) return Done{};
  std::string why;
  for (const MachineRow& node : under_way) why += (why.empty() ? "" : ", ") + waits_for(node);
  return Wait{wire::head_of("waiting for " + why, kMaxStepError), kNodePoll};
}

/// Those that are in reach have begun then, at most `at_once`; the others before them get it when
/// they are back.
std::vector<MachineRow> UpgradeAgents::begin(const Turn& turn, const std::vector<MachineRow>& next,
                                             std::size_t at_once) {
  std::vector<MachineRow> begun;
  auto stored = database_.transaction([&]() -> base::Result<> {
    for (const MachineRow& node : next) {
      const bool reachable = is_reachable(node);
      if (reachable && begun.size() == at_once) break;
      const bool goes_on =
          node.release.attempt > 0 && wants(node.release, turn.target) && !has_failed(node);
      ReleaseWish wish = turn.target;
      wish.attempt = node.release.attempt + (goes_on ? 0 : 1);
      wish.missed = !reachable;
      rows_.set_release(node.id, wish);
      turn.attempt.log(node.name + (reachable ? " begins: " + program_of(wish)
                                              : " is out of reach: it gets " + program_of(wish) +
                                                    " when it is back"));
      if (reachable) begun.push_back(node);
    }
    return {};
  });
  base::check(stored.has_value(), "the transaction refuses nothing");
  for (const MachineRow& node : begun) nodes_.tell(node.id);
  return begun;
}

void UpgradeAgents::end(const Turn& turn, MachineRow node) {
  node.release.round += kEnded;
  auto stored = database_.transaction([&]() -> base::Result<> {
    rows_.set_release(node.id, node.release);
    turn.attempt.log(node.name + " is done: it runs " + program_of(node.release));
    return {};
  });
  base::check(stored.has_value(), "the transaction refuses nothing");
}

std::string UpgradeAgents::waits_for(const MachineRow& node) const {
  if (!is_reachable(node)) return node.name + " (out of reach)";
  const auto told = release_told(node);
  if (!told || told->attempt() != node.release.attempt) return node.name;
  if (told->state() == ReleaseState::FETCHING) return node.name + " (fetches it)";
  if (told->state() == ReleaseState::TRYING) return node.name + " (tries it)";
  return node.name;
}

}  // namespace slipway::clusters
