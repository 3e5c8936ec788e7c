// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/replace_node.hpp"

#include "controller/clusters/create_cluster.hpp"
#include "controller/clusters/operation_rows.hpp"
#include "controller/links/enrolment.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::uint32_t kHttpNotFound = 404;
constexpr char kRetire[] = "retire";
/// From when the cloud has a machine until nobody can come any more: its token's life begins when
/// it runs.
constexpr std::chrono::seconds kEnrolsWithin = kRunningLimit + links::kTokenLife;

std::string peer_url(const MachineRow& machine) {
  return "https://" + machine.address + ":2380";
}

/// Retryable while the cluster may come back; the operation's own limits end it.
Outcome again(const base::Error& error) {
  return Failed{error, true};
}

}  // namespace

ReplaceNode::ReplaceNode(store::Database& database, cloud::Cloud& cloud, Agents& agents,
                         Machines& machines, const NodeWords& words, const base::Clock& clock)
    : database_(database),
      agents_(agents),
      machines_(machines),
      words_(words),
      clock_(clock),
      rows_(database),
      ledger_(database, clock),
      api_(database, cloud, clock) {}

Procedure ReplaceNode::procedure() {
  Procedure procedure;
  procedure.kind = kReplaceNode;
  procedure.steps = {
      step_of(this, "preflight", kPreflightLimit, kCloudAttempts, &ReplaceNode::preflight),
      step_of(this, kRetire, kMachinesLimit, kCloudAttempts, &ReplaceNode::retire),
      step_of(this, "forget", kObjectsLimit, kNodeAttempts, &ReplaceNode::forget),
      step_of(this, "machine", kMachinesLimit, kCloudAttempts, &ReplaceNode::machine),
      step_of(this, "members", kObjectsLimit, kNodeAttempts, &ReplaceNode::members),
      step_of(this, "bootstrap", kBootstrapLimit, kMachineAttempts, &ReplaceNode::bootstrap),
      step_of(this, "ready", kReadyLimit, kNodeAttempts, &ReplaceNode::ready),
  };
  procedure.done = [](const ClusterId&) {};
  procedure.failed = [](const ClusterId&, const base::Error&) {};
  return procedure;
}

base::Result<> ReplaceNode::check(const MachineRow& machine, const std::vector<MachineRow>& nodes,
                                  const Agents& agents) {
  if (!machine.is_master()) return {};
  unsigned masters = 0, well = 0;
  std::string unwell;
  for (const MachineRow& node : nodes) {
    if (!node.is_master()) continue;
    ++masters;
    if (node.id == machine.id) continue;
    const bool serves =
        node.kubernetes.known && node.kubernetes.ready && agents.facts(node.id).connected;
    if (serves) ++well;
    if (!serves) unwell += (unwell.empty() ? "" : ", ") + node.name;
  }
  if (masters == 1) {
    return fail(ErrorCode::kConflict,
                machine.name +
                    " is the only master: the cluster's data is on its disk and goes with it; "
                    "make a new cluster instead",
                "node");
  }
  const unsigned majority = masters / 2 + 1;
  if (well >= majority) return {};
  return fail(ErrorCode::kConflict,
              "without " + machine.name + " etcd needs " + std::to_string(majority) +
                  " other masters that are well, and has " + std::to_string(well) +
                  "; bring back first: " + unwell,
              "node");
}

base::Result<MachineRow> ReplaceNode::subject(const Attempt& attempt) const {
  auto machine = rows_.machine(MachineId{attempt.subject});
  if (!machine) return fail(ErrorCode::kConflict, "the node is no longer part of the cluster");
  return std::move(*machine);
}

base::Task<Outcome> ReplaceNode::preflight(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  // Once the old machine is gone there is no way back.
  if (machine->resource.empty()) co_return Done{};
  if (auto good = check(*machine, rows_.machines(attempt.cluster), agents_); !good) {
    co_return failed(good.error());
  }
  co_return Done{};
}

bool ReplaceNode::is_too_late(const MachineRow& machine) const {
  const auto row = ledger_.find(machine.resource);
  return !machine.enrolled && row && row->state == ResourceState::kPresent &&
         clock_.utc() - row->changed > kEnrolsWithin;
}

/// A successor that the cloud failed or lost, or that can no longer enrol, goes the way of the
/// machine before it, where etcd can spare it; that costs an attempt. Nothing: it may still come.
base::Task<std::optional<Outcome>> ReplaceNode::begin_anew(const Attempt& attempt) {
  const auto is_lost = [&](const base::Result<MachineRow>& machine) {
    if (!machine) return false;
    return machines_.is_away(*machine) && (is_too_late(*machine) || is_void(*machine));
  };
  if (!is_lost(subject(attempt))) co_return std::nullopt;
  if (auto seen = co_await machines_.poll(); !seen) co_return std::nullopt;
  const auto machine = subject(attempt);
  if (!is_lost(machine)) co_return std::nullopt;
  if (!check(*machine, rows_.machines(attempt.cluster), agents_)) co_return std::nullopt;
  const std::string why = machine->name + ": its new machine " +
                          (is_void(*machine) ? "is " + std::string{name_of(machine->cloud.state)}
                                             : "did not enrol in time") +
                          (machine->cloud.detail.empty() ? "" : " (" + machine->cloud.detail + ")");
  attempt.log(why + ", it is replaced");
  // Now, while all of that holds: another attempt may come days later.
  if (auto gone = co_await machines_.retire(*machine); !gone) {
    if (gone.error().code != ErrorCode::kUnavailable) co_return again(gone.error());
    co_return Wait{gone.error().message, kMachinePoll};
  }
  go_back(database_, attempt.operation, kRetire);
  co_return Failed{{ErrorCode::kUnavailable, why, {}}, true};
}

/// The old machine ends before anything takes its place: two of one name never run.
base::Task<Outcome> ReplaceNode::retire(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (machine->is_master()) rows_.set_joins_etcd(machine->id);
  if (machine->resource.empty()) co_return Done{};
  attempt.log("the machine at " + machine->address + " goes, with its disks");
  if (auto gone = co_await machines_.retire(*machine); !gone) co_return again(gone.error());
  co_return Done{};
}

/// Its place in etcd is given up before another takes it: a member that came back empty under its
/// old id would break Raft. Its object goes, so that its pods are made elsewhere and a new node of
/// its name may register.
base::Task<Outcome> ReplaceNode::forget(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (machine->is_master()) {
    wire::Intent leave;
    leave.mutable_etcd_member()->set_name(machine->name);
    auto left = co_await ask_gateway(attempt, "leave", std::move(leave));
    if (!std::holds_alternative<Done>(left)) co_return left;
    if (auto none = co_await forget_nameless(attempt, *machine); !std::get_if<Done>(&none)) {
      co_return none;
    }
  }
  wire::Intent intent;
  intent.mutable_request()->set_method("DELETE");
  intent.mutable_request()->set_path("/api/v1/nodes/" + machine->name);
  co_return co_await ask_gateway(std::move(attempt), "node", std::move(intent));
}

/// A successor, of this operation or one that gave up, that was let in and never started has no
/// name in etcd. Nor has another master's that still comes.
base::Task<Outcome> ReplaceNode::forget_nameless(Attempt attempt, MachineRow machine) {
  for (const MachineRow& other : rows_.machines(attempt.cluster)) {
    const bool comes = !other.resource.empty() && !other.bootstrapped;
    if (other.is_master() && other.id != machine.id && comes) co_return Done{};
  }
  wire::Intent leave;
  leave.mutable_etcd_member();
  co_return co_await ask_gateway(std::move(attempt), "leave-nameless", std::move(leave));
}

base::Task<Outcome> ReplaceNode::machine(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  const auto cluster = rows_.cluster(attempt.cluster);
  auto made =
      co_await machines_.ensure(*machine, cluster->spec, ledger_.network_of(attempt.cluster));
  if (!made) co_return failed(made.error());
  if (auto seen = co_await machines_.poll(); !seen) co_return failed(seen.error());
  machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (auto anew = co_await begin_anew(attempt)) co_return *anew;
  if (machine->cloud.state != cloud::MachineState::kRunning || machine->address.empty()) {
    co_return Wait{machine->name + " does not run yet", kMachinePoll};
  }
  machines_.refresh(attempt.cluster);
  co_return Done{};
}

/// Who serves the API, and who is in etcd: the successor in the lost one's place.
base::Task<Outcome> ReplaceNode::members(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (!machine->is_master()) co_return Done{};
  if (auto told = co_await api_.ensure(attempt.cluster); !told) co_return failed(told.error());
  wire::Intent intent;
  intent.mutable_etcd_member()->set_name(machine->name);
  intent.mutable_etcd_member()->set_peer_url(peer_url(*machine));
  co_return co_await ask_gateway(std::move(attempt), "join", std::move(intent));
}

/// Another attempt is another intent: a master answers the same id the same, good or bad.
base::Task<Outcome> ReplaceNode::ask_gateway(Attempt attempt, std::string what,
                                             wire::Intent intent) {
  const bool may_be_absent = intent.request().method() == "DELETE";
  intent.set_id(what + "-" + attempt.operation.value + "-" + std::to_string(attempt.number));
  auto outcome = co_await agents_.submit(attempt.cluster, std::move(intent), kApplyWait);
  if (!outcome && outcome.error().code == ErrorCode::kUnavailable) {
    co_return Wait{outcome.error().message, kNodePoll};
  }
  if (!outcome) co_return failed(outcome.error());
  attempt.log(outcome->message().empty() ? "done" : outcome->message());
  const bool absent = may_be_absent && outcome->http_status() == kHttpNotFound;
  if (outcome->ok() || absent) co_return Done{};
  co_return again({ErrorCode::kInternal, "the cluster refused: " + outcome->message(), {}});
}

base::Task<Outcome> ReplaceNode::bootstrap(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (auto anew = co_await begin_anew(attempt)) co_return *anew;
  if (machine->bootstrapped) co_return Done{};
  const auto trouble =
      trouble_of(words_.steps(machine->id, machine->enrolled, rows_.steps(machine->id)));
  const std::string stage = machine->enrolled ? "waiting for " : "waiting for the agent of ";
  co_return Wait{
      wire::head_of(stage + machine->name + (trouble.empty() ? "" : ": " + trouble), kMaxStepError),
      kNodePoll};
}

base::Task<Outcome> ReplaceNode::ready(Attempt attempt) {
  auto machine = subject(attempt);
  if (!machine) co_return failed(machine.error());
  if (auto anew = co_await begin_anew(attempt)) co_return *anew;
  const KubernetesFact& fact = machine->kubernetes;
  const bool ready = fact.known && fact.ready && agents_.facts(machine->id).connected;
  if (ready) co_return Done{};
  co_return Wait{machine->name + " is not Ready yet" +
                     (fact.reason.empty() ? std::string{} : ": " + fact.reason),
                 kNodePoll};
}

}  // namespace slipway::clusters
