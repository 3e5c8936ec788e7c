// SPDX-License-Identifier: Apache-2.0
#include "protocol/link/link.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "protocol/base/log.hpp"
#include "protocol/link/link_state.hpp"

namespace slipway::link {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

// A controller's thousands of timers fire together, eight times a second, and not one by one. An
// agent's do not: on a grid of their clocks all agents of a host would ping at once.
constexpr std::chrono::milliseconds kTickGrid{125};

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
  auto state = std::make_shared<StreamState>(running->executor, id, weak_from_this());
  streams[id] = state;
  return std::make_shared<Stream>(std::move(state));
}

void LinkState::changed() {
  if (writing || ended || !running || !conversation.has_frame()) return;
  writing = true;
  running->writer.spawn("link's frames", watched(write_frames()));
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
  if (running) running->ticker.cancel();
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
    last_heard = clock.utc();
    const auto taken = conversation.receive(message->bytes, clock.monotonic(), last_heard);
    dispatch();
    if (!taken) co_return end(taken.error());
    changed();
  }
}

Task<> LinkState::write_frames() {
  struct Over {
    LinkState& state;
    ~Over() {
      state.writing = false;
      state.running->written.notify();
    }
  } over{*this};
  while (!ended) {
    auto frame = conversation.next_frame();
    if (!frame) co_return;
    const auto written = co_await transport->write({std::move(*frame), true});
    if (!written) co_return end(written.error());
  }
}

void LinkState::tick() {
  if (ended) return;
  const auto alive = conversation.tick(clock.monotonic(), clock.utc());
  dispatch();
  if (!alive) return end(alive.error());
  changed();
}

void LinkState::end_by_bug(const std::string& what) {
  if (ended) return;
  spdlog::error("link: {}", what);
  end({ErrorCode::kInternal, "a bug: " + what, {}});
}

Task<> LinkState::watched(Task<> loop) {
  const auto self = shared_from_this();
  try {
    co_await std::move(loop);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) {
      end({ErrorCode::kUnavailable, "the link was stopped", {}});
    }
    end_by_bug(error.what());
  } catch (const std::exception& error) {
    end_by_bug(error.what());
  }
}

void LinkState::tick_later() {
  auto due = std::chrono::steady_clock::now() + conversation.tick_interval();
  if (conversation.side() == wire::Side::kController) {
    due -= due.time_since_epoch() % kTickGrid;
  }
  running->ticker.expires_at(due);
  running->ticker.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->ended) return;
    try {
      self->tick();
    } catch (const std::exception& bug) {
      self->end_by_bug(bug.what());
    }
    if (!self->ended) self->tick_later();
  });
}

Link::Link(wire::Side side, wire::Hello own, std::unique_ptr<net::Transport> transport,
           LinkHandlers handlers, const base::Clock& clock)
    : state_(std::make_shared<LinkState>(side, std::move(own), std::move(transport),
                                         std::move(handlers), clock)) {}

Link::~Link() {
  state_->end({ErrorCode::kUnavailable, "its owner went away", {}});
}

Task<Error> Link::run() {
  const auto state = state_;
  state->running.emplace(co_await boost::asio::this_coro::executor);
  state->tick_later();
  state->changed();
  co_await state->watched(state->read_loop());
  // What is being written ends with the transport, which has been told to close.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  while (state->writing) co_await state->running->written.wait();
  co_await state->running->writer.join();
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
  state_->conversation.send_along(state_->clock.monotonic(), state_->clock.utc());
  auto sent = state_->conversation.send(std::move(report));
  state_->changed();
  return sent;
}

Result<> Link::send(wire::Order order) {
  auto sent = state_->conversation.send(std::move(order));
  state_->changed();
  return sent;
}

base::UtcTime Link::last_heard() const {
  return state_->last_heard;
}

bool Link::is_ready() const {
  return state_->ready && !state_->ended;
}

std::size_t Link::stream_count() const {
  return state_->conversation.stream_count();
}

}  // namespace slipway::link
