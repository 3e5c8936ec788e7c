// SPDX-License-Identifier: Apache-2.0
#include "protocol/link/link.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/link/link_state.hpp"

namespace slipway::link {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

constexpr std::chrono::seconds kTick{1};

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

template <class Handler, class... Argument>
void call(const Handler& handler, Argument&&... arguments) {
  if (handler) handler(std::forward<Argument>(arguments)...);
}

}  // namespace

LinkState::LinkState(wire::Side side, wire::Hello own, std::unique_ptr<net::Transport> carrier,
                     LinkHandlers callbacks, const base::Clock& time)
    : conversation(side, std::move(own), time.monotonic(), time.utc()),
      transport(std::move(carrier)),
      handlers(std::move(callbacks)),
      clock(time) {}

std::shared_ptr<StreamState> LinkState::find(wire::StreamId id) {
  const auto found = streams.find(id);
  return found == streams.end() ? nullptr : found->second.lock();
}

StreamPtr LinkState::adopt(wire::StreamId id) {
  auto state = std::make_shared<StreamState>(*executor, id, weak_from_this());
  streams[id] = state;
  return std::make_shared<Stream>(std::move(state));
}

void LinkState::changed() {
  if (outgoing) outgoing->notify();
}

void LinkState::end(Error why) {
  if (ended) return;
  ended = std::move(why);
  // Who was silent for too long hears no farewell either: its owner is told now, not after that.
  if (ended->code == ErrorCode::kTimeout) {
    transport->drop();
  } else {
    transport->close();
  }
  const Error lost{ErrorCode::kUnavailable, "the link ended: " + ended->message, {}};
  for (auto& [id, weak] : std::exchange(streams, {})) {
    if (const auto stream = weak.lock()) stream->fail(lost);
  }
  if (outgoing) outgoing->notify();
  if (stopped) stopped->notify();
}

void LinkState::deliver(wire::Event event) {
  std::visit(Overloaded{
                 [&](wire::Opened& it) {
                   // Without a taker the stream ends with its only copy here.
                   call(handlers.opened, std::move(it.what), it.interactive, adopt(it.stream));
                 },
                 [&](wire::Received& it) {
                   if (auto stream = find(it.stream)) {
                     stream->push(std::move(it.bytes), std::move(it.note));
                   }
                 },
                 [&](wire::Finished& it) {
                   if (auto stream = find(it.stream)) {
                     stream->peer_finished = true;
                     stream->readable.notify();
                     stream->ended.notify();
                   }
                 },
                 [&](wire::Closed& it) {
                   if (auto stream = find(it.stream)) stream->fail(std::move(it.error));
                 },
                 [&](wire::Writable& it) {
                   if (auto stream = find(it.stream)) stream->writable.notify();
                 },
                 [&](wire::Ready& it) {
                   ready = true;
                   call(handlers.ready, it);
                 },
                 [&](wire::GotReport& it) { call(handlers.report, std::move(it.report)); },
                 [&](wire::GotOrder& it) { call(handlers.order, std::move(it.order)); },
                 [&](wire::RoundTrip& it) { call(handlers.round_trip, it); },
             },
             event);
}

void LinkState::dispatch() {
  for (auto& event : conversation.take_events()) {
    if (ended) return;
    deliver(std::move(event));
  }
}

Task<> LinkState::read_loop() {
  while (!ended) {
    auto message = co_await transport->read();
    if (ended) break;
    if (!message) co_return end(message.error());
    if (!message->binary) {
      co_return end({ErrorCode::kInvalid, "a text message on a link", "frame"});
    }
    const auto taken = conversation.receive(message->bytes, clock.monotonic(), clock.utc());
    dispatch();
    if (!taken) co_return end(taken.error());
    changed();
  }
}

Task<> LinkState::write_loop() {
  while (!ended) {
    auto frame = conversation.next_frame();
    if (!frame) {
      co_await outgoing->wait();
      continue;
    }
    const auto written = co_await transport->write({std::move(*frame), true});
    if (!written) co_return end(written.error());
  }
}

Task<> LinkState::tick_loop() {
  using namespace boost::asio::experimental::awaitable_operators;
  while (!ended) {
    co_await (base::sleep_for(kTick) || stopped->wait());
    tick();
  }
}

void LinkState::tick() {
  if (ended) return;
  const auto alive = conversation.tick(clock.monotonic(), clock.utc());
  dispatch();
  if (!alive) return end(alive.error());
  changed();
}

Link::Link(wire::Side side, wire::Hello own, std::unique_ptr<net::Transport> transport,
           LinkHandlers handlers, const base::Clock& clock)
    : state_(std::make_shared<LinkState>(side, std::move(own), std::move(transport),
                                         std::move(handlers), clock)) {}

Link::~Link() {
  state_->end({ErrorCode::kUnavailable, "its owner went away", {}});
}

namespace {

/// One of a link's loops; whatever ends it ends the link, so that the others end too.
Task<> watched(std::shared_ptr<LinkState> state, Task<> loop) {
  std::string bug = "a loop ended without a reason";
  try {
    co_await std::move(loop);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) {
      state->end({ErrorCode::kUnavailable, "the link was stopped", {}});
    }
    bug = error.what();
  } catch (const std::exception& error) {
    bug = error.what();
  }
  if (state->ended) co_return;
  spdlog::error("link: {}", bug);
  state->end({ErrorCode::kInternal, "a bug: " + bug, {}});
}

}  // namespace

Task<Error> Link::run() {
  using namespace boost::asio::experimental::awaitable_operators;
  const auto state = state_;
  state->executor = co_await boost::asio::this_coro::executor;
  state->outgoing.emplace(*state->executor);
  state->stopped.emplace(*state->executor);
  co_await (watched(state, state->read_loop()) && watched(state, state->write_loop()) &&
            watched(state, state->tick_loop()));
  co_return *state->ended;
}

void Link::close(Error why) {
  state_->end(std::move(why));
}

void Link::tick() {
  state_->tick();
}

Result<StreamPtr> Link::open(wire::StreamOpen what, bool interactive) {
  if (state_->ended) {
    return base::fail(ErrorCode::kUnavailable, "the link ended: " + state_->ended->message);
  }
  auto id = state_->conversation.open(std::move(what), interactive);
  if (!id) return base::fail(id);
  state_->changed();
  return state_->adopt(*id);
}

Result<> Link::send(wire::Report report) {
  auto sent = state_->conversation.send(std::move(report));
  state_->changed();
  return sent;
}

Result<> Link::send(wire::Order order) {
  auto sent = state_->conversation.send(std::move(order));
  state_->changed();
  return sent;
}

bool Link::is_ready() const {
  return state_->ready && !state_->ended;
}

std::size_t Link::stream_count() const {
  return state_->conversation.stream_count();
}

}  // namespace slipway::link
