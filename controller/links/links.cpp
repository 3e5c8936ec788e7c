// SPDX-License-Identifier: Apache-2.0
#include "controller/links/links.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unordered_map>

#include "protocol/base/log.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/version.hpp"

namespace slipway::links {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

/// One accepted transport until it ends; lives in the frame of serve().
struct Links::Session {
  MachineId machine;
  std::unique_ptr<link::Link> link;
  std::string software;
  bool up = false;        ///< its state is in and it is the machine's present link
  bool replaced = false;  ///< a newer link took its place: what it says no longer counts
  base::TaskScope streams;
};

struct Links::State {
  struct Entry {
    LinkFacts facts;
    Session* session = nullptr;
  };

  boost::asio::any_io_executor executor;
  const base::Clock& clock;
  std::vector<LinkListener*> listeners;
  std::vector<StreamTaker*> takers;
  DesiredSource* source = nullptr;
  std::unordered_map<MachineId, Entry> machines;
  std::size_t serving = 0;
  bool stopping = false;
  std::string incarnation = base::new_id();
  boost::asio::steady_timer ended;  ///< cancelled when a session ends

  link::LinkHandlers handlers_of(Session& session);
  void take(Session& session, wire::Report report);
  void take(Session& session, wire::StreamOpen what, link::StreamPtr stream);
  void rise(Session& session, const wire::NodeState& state);
  void fall(Session& session, const Error& why);
  void replace(Session& session);
  void tell(const MachineId& machine);
  Session* up(const MachineId& machine) const;
  Error no_link(const MachineId& machine) const;
};

void Links::State::rise(Session& session, const wire::NodeState& state) {
  Entry& entry = machines[session.machine];
  session.up = true;
  entry.facts.connected = true;
  entry.facts.since = clock.utc();
  entry.facts.why_down.clear();
  entry.facts.software = session.software;
  spdlog::info("link of {}: down -> up ({})", session.machine.value, session.software);
  for (LinkListener* listener : listeners) listener->link_up(session.machine, state);
  // A listener may have cut it: then nothing more is sent.
  if (session.up) tell(session.machine);
}

void Links::State::fall(Session& session, const Error& why) {
  Entry& entry = machines[session.machine];
  const bool was_up = std::exchange(session.up, false);
  entry.facts.why_down = why.message;
  entry.facts.last_heard = std::max(entry.facts.last_heard, session.link->last_heard());
  if (!was_up) return;
  entry.facts.connected = false;
  entry.facts.since = clock.utc();
  spdlog::info("link of {}: up -> down ({})", session.machine.value, why.message);
  for (LinkListener* listener : listeners) {
    try {
      listener->link_down(session.machine, why);
    } catch (const std::exception& error) {  // it could not write that down
      spdlog::error("link of {}: its end is not told to all: {}", session.machine.value,
                    error.what());
    }
  }
}

/// Makes `session` the machine's one; what stood there is told down before the new one comes up.
void Links::State::replace(Session& session) {
  Entry& entry = machines[session.machine];
  if (Session* older = std::exchange(entry.session, nullptr)) {
    const Error why{ErrorCode::kConflict, "a newer link of the same machine took its place", {}};
    fall(*older, why);
    older->replaced = true;
    older->link->close(why);
  }
  // The listeners ran in between and may have changed the map.
  machines[session.machine].session = &session;
}

void Links::State::tell(const MachineId& machine) {
  Session* session = up(machine);
  if (!session || !source) return;
  auto desired = source->desired(machine);
  if (!desired) {
    spdlog::warn("{}: nothing to tell what it shall be: {}", machine.value,
                 desired.error().message);
    return;
  }
  wire::Order order;
  *order.mutable_desired() = std::move(*desired);
  // A full queue means a peer that does not read: its link is of no use, and it asks anew.
  if (auto sent = session->link->send(std::move(order)); !sent) session->link->close(sent.error());
}

void Links::State::take(Session& session, wire::Report report) {
  if (session.replaced) return;
  if (session.up) {
    if (report.what_case() == wire::Report::kHealth) {
      machines[session.machine].facts.clock_offset_ms = report.health().clock_offset_ms();
    }
    for (LinkListener* listener : listeners) {
      if (session.up) listener->reported(session.machine, report);
    }
    return;
  }
  if (report.what_case() != wire::Report::kState) {
    session.link->close({ErrorCode::kInvalid, "it reported before its state was told", "report"});
    return;
  }
  rise(session, report.state());
}

void Links::State::take(Session& session, wire::StreamOpen what, link::StreamPtr stream) {
  if (session.replaced) return;
  for (StreamTaker* taker : takers) {
    if (!taker->takes(what)) continue;
    session.streams.spawn("stream of " + session.machine.value,
                          taker->serve(session.machine, std::move(what), std::move(stream)));
    return;
  }
  stream->reset({ErrorCode::kInvalid, "the controller takes no such stream", "kind"});
}

link::LinkHandlers Links::State::handlers_of(Session& session) {
  return {
      .ready = [&session](const wire::Ready& ready) { session.software = ready.peer.software(); },
      .report = [this, &session](wire::Report report) { take(session, std::move(report)); },
      .order = [](wire::Order) {},  // agents send none: the conversation refuses it
      .opened = [this, &session](
                    wire::StreamOpen what, bool,
                    link::StreamPtr stream) { take(session, std::move(what), std::move(stream)); },
      .round_trip =
          [this, &session](const wire::RoundTrip& trip) {
            if (session.replaced) return;
            LinkFacts& facts = machines[session.machine].facts;
            facts.round_trip = std::chrono::duration_cast<std::chrono::milliseconds>(trip.time);
            facts.clock_offset_ms = trip.peer_offset_ms;
          },
  };
}

Links::Session* Links::State::up(const MachineId& machine) const {
  const auto found = machines.find(machine);
  if (found == machines.end()) return nullptr;
  Session* session = found->second.session;
  return session && session->up ? session : nullptr;
}

Error Links::State::no_link(const MachineId& machine) const {
  const auto found = machines.find(machine);
  if (found == machines.end() || found->second.facts.since == base::UtcTime{}) {
    return {ErrorCode::kUnavailable,
            "machine " + machine.value + " has not connected since the controller started",
            {}};
  }
  const LinkFacts& facts = found->second.facts;
  return {ErrorCode::kUnavailable,
          "machine " + machine.value + " is out of reach since " + base::to_rfc3339(facts.since) +
              ": " + facts.why_down,
          {}};
}

Links::Links(boost::asio::any_io_executor executor, const base::Clock& clock)
    : state_(std::make_unique<State>(State{.executor = executor,
                                           .clock = clock,
                                           .listeners = {},
                                           .takers = {},
                                           .machines = {},
                                           .ended = boost::asio::steady_timer(executor)})) {}
Links::~Links() = default;

void Links::add(LinkListener& listener) {
  state_->listeners.push_back(&listener);
}
void Links::add(StreamTaker& taker) {
  state_->takers.push_back(&taker);
}
void Links::set(DesiredSource& source) {
  state_->source = &source;
}

Task<> Links::serve(MachineId machine, std::unique_ptr<net::Transport> transport, Pace pace) {
  State& state = *state_;
  if (state.stopping) co_return transport->close();
  Session session{machine, nullptr, {}, false, false, base::TaskScope(state.executor)};
  wire::Hello hello;
  hello.set_version_min(wire::kProtocolVersion);
  hello.set_version_max(wire::kProtocolVersion);
  hello.set_software(std::string("slipway-controller ") + base::version());
  hello.set_incarnation(state.incarnation);
  hello.set_utc_ms(base::to_unix_ms(state.clock.utc()));
  hello.set_ping_seconds(static_cast<std::uint32_t>(pace.ping.count()));
  hello.set_health_seconds(static_cast<std::uint32_t>(pace.health.count()));
  hello.set_takes_batches(true);
  session.link =
      std::make_unique<link::Link>(wire::Side::kController, std::move(hello), std::move(transport),
                                   state.handlers_of(session), state.clock);
  ++state.serving;
  state.replace(session);
  Error why{ErrorCode::kUnavailable, "the listener stops", {}};
  try {
    why = co_await session.link->run();
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::asio::error::operation_aborted) why.message = error.what();
  }
  // Its streams must end before its frame does, even when the listener cancels it.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  if (!session.replaced) {
    state.machines[machine].session = nullptr;
    state.fall(session, why);
  }
  co_await session.streams.join();
  --state.serving;
  state.ended.cancel();
}

LinkFacts Links::facts(const MachineId& machine) const {
  const auto found = state_->machines.find(machine);
  if (found == state_->machines.end()) return {};
  LinkFacts facts = found->second.facts;
  if (const Session* session = found->second.session) {
    facts.last_heard = std::max(facts.last_heard, session->link->last_heard());
  }
  return facts;
}

std::vector<MachineId> Links::connected() const {
  std::vector<MachineId> ids;
  for (const auto& [id, entry] : state_->machines) {
    if (entry.facts.connected) ids.push_back(id);
  }
  return ids;
}

Result<link::StreamPtr> Links::open(const MachineId& machine, wire::StreamOpen what,
                                    bool interactive) {
  Session* session = state_->up(machine);
  if (!session) return std::unexpected(state_->no_link(machine));
  return session->link->open(std::move(what), interactive);
}

Result<> Links::send(const MachineId& machine, wire::Order order) {
  Session* session = state_->up(machine);
  if (!session) return std::unexpected(state_->no_link(machine));
  return session->link->send(std::move(order));
}

void Links::refresh(const MachineId& machine) {
  state_->tell(machine);
}

void Links::cut(const MachineId& machine, Error why) {
  const auto found = state_->machines.find(machine);
  if (found == state_->machines.end() || !found->second.session) return;
  Session& session = *found->second.session;
  found->second.session = nullptr;
  state_->fall(session, why);
  session.replaced = true;
  session.link->close(std::move(why));
}

void Links::forget(const MachineId& machine) {
  cut(machine, {ErrorCode::kDenied, "the machine is deleted", {}});
  state_->machines.erase(machine);
}

Task<> Links::stop() {
  State& state = *state_;
  state.stopping = true;
  std::vector<MachineId> ids;
  for (const auto& [id, entry] : state.machines) ids.push_back(id);
  for (const MachineId& id : ids) {
    cut(id, {ErrorCode::kUnavailable, "the controller stops", {}});
  }
  while (state.serving > 0) {
    state.ended.expires_at(boost::asio::steady_timer::time_point::max());
    co_await state.ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

}  // namespace slipway::links
