// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "protocol/link/link_state.hpp"

namespace slipway::link {

using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

/// The error of a call on a stream that has ended.
std::unexpected<base::Error> over(const StreamState& state) {
  if (state.failure) return std::unexpected(*state.failure);
  return base::fail(ErrorCode::kUnavailable, "the stream is closed");
}

}  // namespace

StreamState::StreamState(boost::asio::any_io_executor executor, wire::StreamId number,
                         std::weak_ptr<LinkState> owner)
    : id(number), link(std::move(owner)), readable(executor), writable(executor), ended(executor) {}

void StreamState::push(std::string bytes, std::optional<wire::StreamNote> note) {
  // Many small pieces become one chunk: each costs its own memory, credit counts only their bytes.
  if (!inbox.empty() && !inbox.back().note &&
      inbox.back().bytes.size() + bytes.size() <= wire::kPieceBytes) {
    inbox.back().bytes += bytes;
    inbox.back().note = std::move(note);
  } else {
    inbox.push_back({std::move(bytes), std::move(note)});
  }
  readable.notify();
}

void StreamState::fail(base::Error why) {
  if (!failure) failure = std::move(why);
  readable.notify();
  writable.notify();
  ended.notify();
}

Stream::Stream(std::shared_ptr<StreamState> state) : state_(std::move(state)) {}

Stream::~Stream() {
  const auto link = state_->link.lock();
  if (!link) return;
  link->streams.erase(state_->id);
  if (link->ended) return;
  link->conversation.abandon(state_->id);
  link->changed();
}

Task<Result<std::optional<Chunk>>> Stream::read() {
  const auto state = state_;
  for (;;) {
    if (!state->inbox.empty()) {
      Chunk chunk = std::move(state->inbox.front());
      state->inbox.pop_front();
      if (const auto link = state->link.lock(); link && !link->ended) {
        link->conversation.consumed(state->id, wire::cost_of(chunk.bytes, chunk.note));
        link->changed();
      }
      co_return std::optional<Chunk>(std::move(chunk));
    }
    if (state->peer_finished) co_return std::nullopt;
    if (state->failure) co_return over(*state);
    co_await state->readable.wait();
  }
}

bool Stream::waits() const {
  return state_->inbox.empty() && !state_->peer_finished && !state_->failure;
}

Task<Result<>> Stream::write(std::string bytes) {
  const auto state = state_;
  std::string_view rest = bytes;
  do {
    const auto link = state->link.lock();
    if (state->failure || !link) co_return over(*state);
    const auto taken = link->conversation.write(state->id, rest);
    if (!taken) co_return base::fail(taken);
    link->changed();
    rest.remove_prefix(*taken);
    if (!rest.empty()) co_await state->writable.wait();
  } while (!rest.empty());
  co_return Result<>{};
}

Task<Result<>> Stream::write(wire::StreamNote note) {
  const auto state = state_;
  for (;;) {
    const auto link = state->link.lock();
    if (state->failure || !link) co_return over(*state);
    auto written = link->conversation.write_note(state->id, note);
    if (written || written.error().code != ErrorCode::kExhausted) {
      link->changed();
      co_return written;
    }
    co_await state->writable.wait();
  }
}

Task<base::Error> Stream::closed() {
  const auto state = state_;
  while (!state->failure && !(state->finished && state->peer_finished)) {
    co_await state->ended.wait();
    const auto cancelled = co_await boost::asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != boost::asio::cancellation_type::none) break;
  }
  co_return over(*state).error();
}

bool Stream::failed() const {
  return state_->failure.has_value();
}

void Stream::finish() {
  const auto link = state_->link.lock();
  if (state_->finished || !link || link->ended) return;
  state_->finished = true;
  state_->ended.notify();
  link->conversation.finish(state_->id);
  link->changed();
}

void Stream::reset(base::Error why) {
  const auto link = state_->link.lock();
  if (link && !link->ended) {
    link->conversation.reset(state_->id, why);
    link->changed();
  }
  state_->inbox.clear();
  state_->peer_finished = false;  // what was dropped here must not look like a whole stream
  state_->fail(std::move(why));
}

wire::StreamId Stream::id() const {
  return state_->id;
}

}  // namespace slipway::link
