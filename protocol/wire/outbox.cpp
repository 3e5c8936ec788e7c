// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/outbox.hpp"

#include <utility>

namespace slipway::wire {

void Outbox::push_urgent(const Frame& frame, StreamId opens) {
  urgent_.push_back({frame.SerializeAsString(), opens});
  queued_bytes_ += urgent_.back().bytes.size();
}

void Outbox::push_message(const Frame& frame) {
  messages_.push_back({frame.SerializeAsString(), 0});
  queued_bytes_ += messages_.back().bytes.size();
}

bool Outbox::full() const {
  return urgent_.size() + messages_.size() >= kControlQueue || queued_bytes_ >= kControlQueueBytes;
}

bool Outbox::next_is_short() const {
  const auto is_short = [](const std::list<Queued>& queue) {
    return queue.empty() || queue.front().bytes.size() < kBatchBytes;
  };
  return is_short(urgent_) && is_short(messages_);
}

bool Outbox::flooded() const {
  return urgent_.size() > kControlQueue + 4 * kMaxStreams;
}

void Outbox::want_turn(StreamId id, OpenStream& stream) {
  if (stream.in_turn) return;
  stream.in_turn = true;
  (stream.interactive ? interactive_ : bulk_).push_back(id);
}

void Outbox::want_credit(StreamId id, OpenStream& stream) {
  if (stream.credit_due) return;
  stream.credit_due = true;
  credits_.push_back(id);
}

Outbox::Sent Outbox::take(std::list<Queued>& queue) {
  Sent sent{std::move(queue.front().bytes), queue.front().opens, 0};
  queue.pop_front();
  queued_bytes_ -= sent.bytes.size();
  return sent;
}

std::optional<Outbox::Sent> Outbox::next_control() {
  // The Hello is the first of these: nothing may overtake it, not even the answer to a ping.
  if (!urgent_.empty()) return take(urgent_);
  Frame frame;
  if (pong_) {
    *frame.mutable_pong() = *std::exchange(pong_, std::nullopt);
    return Sent{frame.SerializeAsString()};
  }
  if (ping_) {
    *frame.mutable_ping() = *std::exchange(ping_, std::nullopt);
    return Sent{frame.SerializeAsString()};
  }
  if (sync_due_) {
    sync_due_ = false;
    auto* sync = frame.mutable_sync();
    for (const auto& [id, stream] : streams_.all()) {
      if (stream.announced) sync->add_streams(id);
    }
    return Sent{frame.SerializeAsString()};
  }
  return next_credit();
}

std::optional<Outbox::Sent> Outbox::next_credit() {
  while (!credits_.empty()) {
    const StreamId id = credits_.front();
    credits_.pop_front();
    auto* stream = streams_.find(id);
    if (!stream) continue;
    stream->credit_due = false;
    const auto bytes = std::exchange(stream->owed, 0);
    if (bytes == 0 || stream->peer_finished) continue;
    stream->receive_credit += bytes;
    Frame frame;
    frame.mutable_credit()->set_stream(id);
    frame.mutable_credit()->set_bytes(static_cast<std::uint32_t>(bytes));
    return Sent{frame.SerializeAsString()};
  }
  return std::nullopt;
}

std::optional<Outbox::Sent> Outbox::next_message() {
  if (messages_.empty()) return std::nullopt;
  return take(messages_);
}

std::optional<Outbox::Sent> Outbox::next_piece(std::list<StreamId>& turns) {
  while (!turns.empty()) {
    const StreamId id = turns.front();
    turns.pop_front();
    auto* stream = streams_.find(id);
    if (!stream) continue;
    if (stream->queue.empty()) {
      stream->in_turn = false;
      continue;
    }
    Piece piece = std::move(stream->queue.front());
    stream->queue.pop_front();
    const bool last =
        joins_ && !piece.finish && !stream->queue.empty() && stream->queue.front().finish;
    if (last) stream->queue.pop_front();
    stream->in_turn = !stream->queue.empty();
    if (stream->in_turn) turns.push_back(id);
    Frame frame;
    if (piece.finish) {
      frame.mutable_finish()->set_stream(id);
      return Sent{frame.SerializeAsString(), 0, id};
    }
    auto* data = frame.mutable_data();
    data->set_stream(id);
    *data->mutable_bytes() = std::move(piece.bytes);
    if (piece.note) *data->mutable_note() = std::move(*piece.note);
    data->set_finish(last);
    return Sent{frame.SerializeAsString(), 0, last ? id : 0};
  }
  return std::nullopt;
}

std::optional<Outbox::Sent> Outbox::next() {
  if (auto sent = next_control()) return sent;
  // One frame of the others after kInteractiveRun of the interactive ones: these may carry a flood
  // too, and must not starve reports. Never two of the others in a row while an interactive waits.
  if (interactive_run_ < kInteractiveRun) {
    if (auto sent = next_piece(interactive_)) {
      ++interactive_run_;
      return sent;
    }
  }
  interactive_run_ = 0;
  if (auto sent = next_message()) return sent;
  if (auto sent = next_piece(bulk_)) return sent;
  return next_piece(interactive_);
}

bool Outbox::empty() const {
  return urgent_.empty() && messages_.empty() && !ping_ && !pong_ && !sync_due_ &&
         credits_.empty() && interactive_.empty() && bulk_.empty();
}

}  // namespace slipway::wire
