// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intents.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <unordered_map>

#include "controller/intents/intent_rows.hpp"
#include "controller/intents/intent_subject.hpp"
#include "protocol/base/log.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::intents {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::MachineId;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kMaxSummaryBytes = 512;  ///< it names objects, and each list has it

std::unexpected<Error> unknown(const IntentId& id) {
  return fail(ErrorCode::kNotFound, "there is no intent " + id.value, "intent");
}

}  // namespace

struct IntentLedger::Core {
  struct Waiter {
    IntentId id;
    boost::asio::steady_timer ended;
    wire::IntentOutcome answer = {};  ///< whole, as it came
  };
  /// What the cluster's gateway was sent on its present link and has not answered.
  struct Flight {
    MachineId gateway;
    std::set<IntentId> sent;
  };

  boost::asio::any_io_executor executor;
  IntentRows rows;
  store::Database& database;
  links::Links& links;
  const links::Roster& roster;
  const base::Clock& clock;
  std::set<Waiter*> waiters;  ///< each in the frame of its wait_for()
  std::unordered_map<ClusterId, Flight> flights;

  Result<IntentId> accept(const ClusterId& cluster, const wire::Intent& intent);
  std::optional<MachineId> connected_gateway(const ClusterId& cluster) const;
  void deliver(const ClusterId& cluster);
  void take(const MachineId& from, const wire::IntentOutcome& outcome);
  void acknowledge(const MachineId& to, const std::string& id);
  void wake(const IntentId& id);
  bool in_flight(const Outcome& outcome) const;
};

void IntentLedger::Core::wake(const IntentId& id) {
  for (Waiter* waiter : waiters) {
    if (waiter->id == id) waiter->ended.cancel();
  }
}

std::optional<MachineId> IntentLedger::Core::connected_gateway(const ClusterId& cluster) const {
  auto gateway = roster.gateway(cluster);
  if (gateway && links.facts(*gateway).connected) return gateway;
  return std::nullopt;
}

bool IntentLedger::Core::in_flight(const Outcome& outcome) const {
  const auto flight = flights.find(outcome.cluster);
  return flight != flights.end() && flight->second.sent.contains(outcome.id) &&
         links.facts(flight->second.gateway).connected;
}

Result<IntentId> IntentLedger::Core::accept(const ClusterId& cluster, const wire::Intent& intent) {
  IntentId id{intent.id()};
  if (auto known = rows.find(id)) {
    auto before = rows.intent(id);
    // What is done well is not kept; whoever knows its id asked for it.
    const bool same =
        known->cluster == cluster &&
        (before ? before->SerializeAsString() == intent.SerializeAsString() : known->answer.ok());
    if (same) return id;
    return fail(ErrorCode::kConflict, "intent " + id.value + " was accepted with other content",
                "id");
  }
  if (rows.pending_count(cluster) >= kMaxPending) {
    return fail(ErrorCode::kExhausted,
                "256 changes wait for this cluster already; cancel some or bring it back", {});
  }
  rows.add(cluster, intent, clock.utc());
  rows.keep_newest(cluster, intent.asked_by(), kKeptFinished);
  rows.keep_texts_of_newest(cluster, intent.asked_by(), kKeptTexts);
  return id;
}

/// Sends what is pending, in order, as far as the window reaches. Callable at any time.
void IntentLedger::Core::deliver(const ClusterId& cluster) {
  const auto gateway = connected_gateway(cluster);
  if (!gateway) return;
  Flight& flight = flights[cluster];
  if (flight.gateway != *gateway) flight = {*gateway, {}};
  if (flight.sent.size() >= kMaxInFlight) return;
  for (const Outcome& pending : rows.pending(cluster)) {
    if (flight.sent.size() >= kMaxInFlight) return;
    if (flight.sent.contains(pending.id)) continue;
    wire::Order order;
    auto intent = rows.intent(pending.id);
    if (!intent) continue;
    *order.mutable_intent() = std::move(*intent);
    order.mutable_intent()->set_repeated(pending.delivered);
    // A full queue or a lost link: the next report, or the next link, brings us here again.
    if (!links.send(*gateway, std::move(order))) return;
    flight.sent.insert(pending.id);
    if (!pending.delivered) rows.set_delivered(pending.id);
  }
}

void IntentLedger::Core::acknowledge(const MachineId& to, const std::string& id) {
  wire::Order order;
  order.mutable_intent_ack()->set_intent_id(id);
  // Lost, it is told again: the agent's next state names the outcome anew.
  (void)links.send(to, std::move(order));
}

void IntentLedger::Core::take(const MachineId& from, const wire::IntentOutcome& outcome) {
  const auto place = roster.find(from);
  const IntentId id{outcome.intent_id()};
  const auto known = rows.find(id);
  if (!known) return acknowledge(from, id.value);  // pruned or forgotten
  if (!place || place->cluster != known->cluster || place->role != wire::MASTER) {
    spdlog::warn("{} answered intent {}, which is none of its cluster's; dropped", from.value,
                 id.value);
    return;
  }
  if (known->state != State::kDone) {
    const auto asked = rows.intent(id);
    const auto told = asked ? with_subject(*asked, outcome) : outcome;
    (void)database.transaction([&]() -> Result<> {
      rows.finish(id, told, clock.utc());
      return {};
    });
    for (Waiter* waiter : waiters) {
      if (waiter->id == id) waiter->answer = told;
    }
    spdlog::info("intent {}: {} -> done ({} {})", id.value,
                 known->state == State::kPending ? "pending" : "cancelled",
                 outcome.ok() ? "ok" : "refused", outcome.http_status());
  }
  acknowledge(from, id.value);
  if (auto flight = flights.find(known->cluster); flight != flights.end()) {
    flight->second.sent.erase(id);
  }
  wake(id);
  deliver(known->cluster);
}

IntentLedger::IntentLedger(boost::asio::any_io_executor executor, store::Database& database,
                           links::Links& links, const links::Roster& roster,
                           const base::Clock& clock)
    : core_(std::make_unique<Core>(
          Core{executor, IntentRows(database), database, links, roster, clock, {}, {}})) {
  (void)database.transaction([this]() -> Result<> {
    core_->rows.complete();
    return {};
  });
}
IntentLedger::~IntentLedger() = default;

Result<IntentId> IntentLedger::accept(ClusterId cluster, wire::Intent intent) {
  if (intent.what_case() == wire::Intent::WHAT_NOT_SET) {
    return fail(ErrorCode::kInvalid, "the intent says nothing", "what");
  }
  if (intent.id().empty()) intent.set_id(base::new_id());
  intent.set_summary(wire::head_of(intent.summary(), kMaxSummaryBytes));
  if (intent.ByteSizeLong() > kMaxIntentBytes) {
    return fail(ErrorCode::kInvalid, "the change is over 768 KiB; split it", "body");
  }
  Result<IntentId> accepted;
  auto done = core_->database.transaction([&]() -> Result<> {
    accepted = core_->accept(cluster, intent);
    if (!accepted) return fail(accepted);
    return {};
  });
  if (!done) return fail(done);
  core_->deliver(cluster);
  return accepted;
}

Task<Result<Outcome>> IntentLedger::submit(ClusterId cluster, wire::Intent intent,
                                           std::chrono::milliseconds wait) {
  auto id = accept(cluster, std::move(intent));
  if (!id) co_return fail(id);
  if (!core_->connected_gateway(cluster)) co_return find(*id);
  co_return co_await wait_for(*id, wait);
}

Task<Result<Outcome>> IntentLedger::apply(ClusterId cluster, wire::ApplyManifest manifest,
                                          std::chrono::milliseconds wait) {
  wire::Intent intent;
  *intent.mutable_apply() = std::move(manifest);
  co_return co_await submit(std::move(cluster), std::move(intent), wait);
}

Task<Result<Outcome>> IntentLedger::wait_for(IntentId id, std::chrono::milliseconds limit) {
  const auto deadline = boost::asio::steady_timer::clock_type::now() + limit;
  while (true) {
    auto outcome = find(id);
    if (!outcome || outcome->state != State::kPending) co_return outcome;
    if (boost::asio::steady_timer::clock_type::now() >= deadline) co_return outcome;
    Core::Waiter waiter{id, boost::asio::steady_timer(core_->executor, deadline)};
    struct Place {
      std::set<Core::Waiter*>& all;
      Core::Waiter* mine;
      ~Place() { all.erase(mine); }
    } place{core_->waiters, &waiter};
    core_->waiters.insert(&waiter);
    co_await waiter.ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (waiter.answer.body().empty()) continue;
    outcome = find(id);
    if (outcome) outcome->answer = std::move(waiter.answer);
    co_return outcome;
  }
}

Result<Outcome> IntentLedger::find(const IntentId& id) const {
  auto outcome = core_->rows.find(id);
  if (!outcome) return unknown(id);
  return std::move(*outcome);
}

std::vector<Outcome> IntentLedger::pending(const ClusterId& cluster) const {
  return core_->rows.pending(cluster);
}

std::vector<Outcome> IntentLedger::newest(const ClusterId& cluster, const Wanted& wanted) const {
  return core_->rows.newest(cluster, wanted);
}

Result<wire::Intent> IntentLedger::intent(const IntentId& id) const {
  auto intent = core_->rows.intent(id);
  if (intent) return std::move(*intent);
  if (!core_->rows.find(id)) return unknown(id);
  return fail(ErrorCode::kConflict,
              "what intent " + id.value + " asked for is not kept any more: ask for it anew",
              "intent");
}

Result<> IntentLedger::cancel(const IntentId& id) {
  const auto outcome = core_->rows.find(id);
  if (!outcome) return unknown(id);
  if (outcome->state == State::kDone) {
    return fail(ErrorCode::kConflict, "the cluster has answered already", "intent");
  }
  if (outcome->state == State::kCancelled) return {};
  if (core_->in_flight(*outcome)) {
    return fail(ErrorCode::kConflict, "the cluster is at it; its answer comes soon", "intent");
  }
  core_->rows.cancel(id, core_->clock.utc());
  core_->wake(id);
  return {};
}

void IntentLedger::gateway_changed(const ClusterId& cluster) {
  core_->deliver(cluster);
}

void IntentLedger::forget(const ClusterId& cluster) {
  std::vector<IntentId> ids;
  for (const Outcome& outcome : core_->rows.pending(cluster)) ids.push_back(outcome.id);
  core_->rows.forget(cluster);
  core_->flights.erase(cluster);
  for (const IntentId& id : ids) core_->wake(id);
}

void IntentLedger::link_up(const MachineId& machine, const wire::NodeState& state) {
  for (const auto& outcome : state.outcomes()) core_->take(machine, outcome);
  const auto place = core_->roster.find(machine);
  if (!place || core_->roster.gateway(place->cluster) != machine) return;
  core_->flights[place->cluster] = {machine, {}};  // a new link: all that is pending goes again
  core_->deliver(place->cluster);
}

void IntentLedger::link_down(const MachineId& machine, const Error&) {
  std::erase_if(core_->flights, [&](const auto& entry) { return entry.second.gateway == machine; });
}

void IntentLedger::reported(const MachineId& machine, const wire::Report& report) {
  if (report.what_case() == wire::Report::kOutcome) {
    core_->take(machine, report.outcome());
  } else if (report.what_case() == wire::Report::kHealth) {
    // What a full queue kept back goes now. Few of those who report are a gateway.
    std::vector<ClusterId> served;
    for (const auto& [cluster, flight] : core_->flights) {
      if (flight.gateway == machine) served.push_back(cluster);
    }
    for (const ClusterId& cluster : served) core_->deliver(cluster);
  }
}

}  // namespace slipway::intents
