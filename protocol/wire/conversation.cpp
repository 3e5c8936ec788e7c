// SPDX-License-Identifier: Apache-2.0
// What the owner asks for, and what time brings; inbound.cpp has what the other end sends.
#include "protocol/wire/conversation.hpp"

#include <algorithm>
#include <utility>

#include "protocol/wire/conversation_state.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::wire {

using base::ErrorCode;
using base::fail;
using base::Result;

std::size_t cost_of(std::string_view bytes, const std::optional<StreamNote>& note) {
  if (!note) return bytes.size();
  return bytes.size() + std::max<std::size_t>(kNoteCostBytes, note->ByteSizeLong());
}

std::chrono::seconds ping_interval(const Hello& hello) {
  if (hello.ping_seconds() == 0) return kPingInterval;
  return std::min(std::chrono::seconds{hello.ping_seconds()}, kMaxPingInterval);
}

std::chrono::seconds health_interval(const Hello& hello) {
  if (hello.health_seconds() == 0) return kHealthInterval;
  return std::min(std::chrono::seconds{hello.health_seconds()}, kMaxHealthInterval);
}

Conversation::State::State(Side which, Hello hello, base::MonotonicTime now)
    : side(which),
      own(std::move(hello)),
      started(now),
      heard(now),
      ticked(now),
      pinged(now),
      synced(now),
      streams(which) {
  if (side == Side::kController) agent_pings = ping_interval(own);
}

Result<> Conversation::State::usable() const {
  if (ended) return fail(ErrorCode::kUnavailable, "the link has ended: " + ended->message);
  if (!ready) return fail(ErrorCode::kUnavailable, "the other end has not said hello yet");
  return {};
}

Result<> Conversation::State::queue_message(const Frame& frame) {
  if (auto ok = usable(); !ok) return ok;
  if (frame.ByteSizeLong() > kMaxFrameBytes) {
    return fail(ErrorCode::kInvalid, "a message larger than a frame may be");
  }
  if (outbox.full()) return fail(ErrorCode::kExhausted, "too many messages wait on this link");
  outbox.push_message(frame);
  return {};
}

void Conversation::State::push_reset(StreamId id, const base::Error& why) {
  Frame frame;
  auto* reset = frame.mutable_reset();
  reset->set_stream(id);
  reset->set_code(std::string(base::name_of(why.code)));
  reset->set_message(clean_text(std::string_view(why.message).substr(0, kResetTextBytes - 8)));
  outbox.push_urgent(frame);
}

void Conversation::State::ping(base::MonotonicTime now, base::UtcTime utc) {
  pinged = now;
  if (outbox.ping_waits()) return;  // nothing leaves: one more would tell nothing more
  Ping ping;
  ping.set_nonce(next_nonce);
  ping.set_utc_ms(base::to_unix_ms(utc));
  pings.push_back({next_nonce++, now, ping.utc_ms()});
  outbox.set_ping(std::move(ping));
}

void Conversation::State::ping_and_sync(base::MonotonicTime now, base::UtcTime utc, bool company) {
  const auto due = [&](base::MonotonicTime last, std::chrono::seconds interval) {
    return now - last >= (company ? joins_after(interval) : interval);
  };
  if (due(pinged, side == Side::kAgent ? agent_pings : kProbeInterval)) ping(now, utc);
  if (!due(synced, kSyncInterval)) return;
  synced = now;
  outbox.request_sync();
}

Result<> Conversation::State::check_silence(base::MonotonicTime now) {
  // After a pause of this process nobody can say how long the other end was silent.
  const auto pause = now - std::exchange(ticked, now);
  if (pause > kPingInterval) heard += pause - kPingInterval;
  if (!ready && now - started >= kHelloTimeout) {
    return fail(ErrorCode::kTimeout, "the other end did not say hello");
  }
  if (now - heard >= silence_limit(agent_pings)) {
    return fail(ErrorCode::kTimeout, "the other end was silent for too long");
  }
  if (!pings.empty() && now - pings.front().at >= kDeafLimit) {
    return fail(ErrorCode::kTimeout, "the other end reads no more");
  }
  return {};
}

Conversation::Conversation(Side side, Hello own, base::MonotonicTime now, base::UtcTime utc)
    : state_(std::make_unique<State>(side, std::move(own), now)) {
  auto& hello = state_->own;
  if (hello.version_max() == 0) {
    hello.set_version_min(kProtocolVersion);
    hello.set_version_max(kProtocolVersion);
  }
  hello.set_utc_ms(base::to_unix_ms(utc));
  clean_texts(hello);
  Frame frame;
  *frame.mutable_hello() = hello;
  state_->outbox.push_urgent(frame);
}

Conversation::~Conversation() = default;
Conversation::Conversation(Conversation&&) noexcept = default;

Result<> Conversation::receive(std::string_view bytes, base::MonotonicTime now, base::UtcTime utc) {
  if (state_->ended) return std::unexpected(*state_->ended);
  state_->heard = now;
  Result<> taken;
  Frame frame;
  if (bytes.size() > kMaxFrameBytes) {
    taken = fail(ErrorCode::kExhausted, "a frame larger than allowed", "frame");
  } else if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    taken = fail(ErrorCode::kInvalid, "not a frame", "frame");
  } else {
    const bool was_ready = state_->ready;
    taken = state_->take_in(std::move(frame), now, utc);
    if (taken && !was_ready) state_->ping(now, utc);
  }
  if (taken && state_->outbox.flooded()) {
    taken = fail(ErrorCode::kExhausted, "the other end makes more answers than it reads", "frame");
  }
  if (!taken) state_->ended = taken.error();
  return taken;
}

Result<> Conversation::tick(base::MonotonicTime now, base::UtcTime utc) {
  if (state_->ended) return std::unexpected(*state_->ended);
  if (auto alive = state_->check_silence(now); !alive) {
    state_->ended = alive.error();
    return alive;
  }
  if (!state_->ready) return {};
  state_->ping_and_sync(now, utc, false);
  return {};
}

std::chrono::milliseconds Conversation::tick_interval() const {
  // An agent's own pings must not be late.
  return state_->side == Side::kAgent ? kMinTick : wire::tick_interval(state_->agent_pings);
}

void Conversation::send_along(base::MonotonicTime now, base::UtcTime utc) {
  if (state_->usable()) state_->ping_and_sync(now, utc, true);
}

std::optional<std::string> Conversation::State::next_single() {
  auto sent = outbox.next();
  if (!sent) return std::nullopt;
  if (auto* stream = streams.find(sent->opened)) {
    stream->announced = true;
    stream->confirming_nonce = next_nonce;
  }
  if (auto* stream = streams.find(sent->finished)) {
    stream->finish_sent = true;
    if (stream->abandoned && !stream->peer_finished) {
      push_reset(sent->finished, {ErrorCode::kUnavailable, "nobody reads it any more", {}});
    }
    if (stream->abandoned || stream->peer_finished) streams.erase(sent->finished);
  }
  return std::move(sent->bytes);
}

std::optional<std::string> Conversation::next_frame() {
  if (state_->ended) return std::nullopt;
  auto first = state_->next_single();
  if (!first) return first;
  const bool is_hello = !std::exchange(state_->said_hello, true);
  if (is_hello || !state_->batches) return first;
  Frame together;
  auto& frames = *together.mutable_batch()->mutable_frames();
  for (auto size = first->size(); size < kBatchBytes && frames.size() + 1 < int{kBatchFrames};) {
    if (!state_->outbox.next_is_short()) break;
    auto next = state_->next_single();
    if (!next) break;
    if (frames.empty()) frames.Add(std::move(*first));
    size += next->size();
    frames.Add(std::move(*next));
  }
  return frames.empty() ? std::move(first) : together.SerializeAsString();
}

bool Conversation::has_frame() const {
  return !state_->ended && !state_->outbox.empty();
}

std::vector<Event> Conversation::take_events() {
  return std::exchange(state_->events, {});
}

Result<StreamId> Conversation::open(StreamOpen what, bool interactive) {
  if (auto ok = state_->usable(); !ok) return fail(ok);
  if (state_->streams.size() >= kMaxStreams || state_->outbox.full()) {
    return fail(ErrorCode::kExhausted, "too many streams are open on this link");
  }
  Frame frame;
  clean_texts(what);
  frame.mutable_open()->set_interactive(interactive);
  *frame.mutable_open()->mutable_what() = std::move(what);
  frame.mutable_open()->set_stream(~StreamId{0});  // the longest id, for the measure below
  if (frame.ByteSizeLong() > kMaxFrameBytes) {
    return fail(ErrorCode::kInvalid, "a request larger than a frame may be");
  }
  const auto id = state_->streams.add_own(interactive);
  if (!id) return fail(ErrorCode::kExhausted, "all stream ids of this link are used up");
  frame.mutable_open()->set_stream(*id);
  state_->outbox.push_urgent(frame, *id);
  return *id;
}

Result<std::size_t> Conversation::write(StreamId id, std::string_view bytes) {
  auto* stream = state_->streams.find(id);
  if (!stream || state_->ended) return fail(ErrorCode::kNotFound, "the stream is closed");
  if (stream->finishing) return fail(ErrorCode::kInvalid, "written after finish");
  const auto taken = std::min(bytes.size(), stream->send_credit);
  stream->send_credit -= taken;
  if (taken < bytes.size()) stream->wants_credit = true;  // or another writer waits already
  for (auto rest = bytes.substr(0, taken); !rest.empty();) {
    auto& queue = stream->queue;
    if (queue.empty() || queue.back().note || queue.back().bytes.size() >= kPieceBytes) {
      queue.emplace_back();
    }
    auto& chunk = queue.back().bytes;
    const auto part = std::min(rest.size(), kPieceBytes - chunk.size());
    chunk.append(rest.substr(0, part));
    rest.remove_prefix(part);
  }
  if (taken > 0) state_->outbox.want_turn(id, *stream);
  return taken;
}

Result<> Conversation::write_note(StreamId id, StreamNote note) {
  auto* stream = state_->streams.find(id);
  if (!stream || state_->ended) return fail(ErrorCode::kNotFound, "the stream is closed");
  if (stream->finishing) return fail(ErrorCode::kInvalid, "written after finish");
  clean_texts(note);
  if (note.ByteSizeLong() > kMaxNoteBytes) return fail(ErrorCode::kInvalid, "an oversized note");
  std::optional<StreamNote> owned(std::move(note));
  const auto cost = cost_of({}, owned);
  if (cost > stream->send_credit) {
    stream->wants_credit = true;
    return fail(ErrorCode::kExhausted, "no credit for a note");
  }
  stream->send_credit -= cost;
  stream->queue.push_back({{}, std::move(owned), false});
  state_->outbox.want_turn(id, *stream);
  return {};
}

void Conversation::consumed(StreamId id, std::size_t cost_bytes) {
  auto* stream = state_->streams.find(id);
  if (!stream) return;
  const auto back = std::min(cost_bytes, stream->unread);
  stream->unread -= back;
  stream->owed += back;
  if (stream->owed >= kCreditStepBytes) state_->outbox.want_credit(id, *stream);
}

void Conversation::finish(StreamId id) {
  auto* stream = state_->streams.find(id);
  if (!stream || stream->finishing) return;
  stream->finishing = true;
  stream->queue.push_back({{}, std::nullopt, true});
  state_->outbox.want_turn(id, *stream);
}

void Conversation::abandon(StreamId id) {
  auto* stream = state_->streams.find(id);
  if (!stream) return;
  if (!stream->finishing || stream->finish_sent) {
    return reset(id, {ErrorCode::kUnavailable, "nobody reads it any more", {}});
  }
  stream->abandoned = true;  // next_frame() ends it when the Finish has left
}

void Conversation::reset(StreamId id, const base::Error& why) {
  if (!state_->streams.find(id)) return;
  state_->streams.erase(id);
  state_->push_reset(id, why);
}

Result<> Conversation::send(Report report) {
  if (state_->side != Side::kAgent) return fail(ErrorCode::kDenied, "only agents report");
  Frame frame;
  clean_texts(report);
  *frame.mutable_report() = std::move(report);
  return state_->queue_message(frame);
}

Result<> Conversation::send(Order order) {
  if (state_->side != Side::kController) {
    return fail(ErrorCode::kDenied, "only the controller gives orders");
  }
  Frame frame;
  clean_texts(order);
  *frame.mutable_order() = std::move(order);
  return state_->queue_message(frame);
}

Side Conversation::side() const {
  return state_->side;
}

std::size_t Conversation::stream_count() const {
  return state_->streams.size();
}

std::size_t Conversation::queued_bytes() const {
  return state_->outbox.queued_bytes();
}

}  // namespace slipway::wire
