// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "protocol/wire/stream_table.hpp"

namespace slipway::wire {

/// What waits to be sent, and what of it goes next. Nothing is serialized for the transport before
/// its turn has come, so that an urgent frame never stands behind a prepared bulk one.
class Outbox {
 public:
  explicit Outbox(StreamTable& streams) : streams_(streams) {}

  void push_urgent(const Frame& frame, StreamId opens = 0);  ///< control, in this order
  void push_message(const Frame& frame);                     ///< a report or an order
  bool full() const;     ///< kControlQueue or kControlQueueBytes is reached
  bool flooded() const;  ///< the other end makes us answer more than it reads
  void set_ping(Ping ping) { ping_ = std::move(ping); }
  bool ping_waits() const { return ping_.has_value(); }
  void set_pong(Pong pong) { pong_ = std::move(pong); }  ///< the newest only: it answers all before
  void request_sync() { sync_due_ = true; }
  void join_ends() { joins_ = true; }               ///< the last Data of a stream is its Finish too
  void want_turn(StreamId id, OpenStream& stream);  ///< it has something queued
  void want_credit(StreamId id, OpenStream& stream);

  /// What left, so that the conversation can note it.
  struct Sent {
    std::string bytes;
    StreamId opened = 0;    ///< this stream's Open
    StreamId finished = 0;  ///< this stream's Finish
  };
  std::optional<Sent> next();
  bool empty() const;
  /// The next is no report, order or Open of kBatchBytes or more.
  bool next_is_short() const;
  std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  struct Queued {
    std::string bytes;
    StreamId opens = 0;
  };
  std::optional<Sent> next_control();
  std::optional<Sent> next_credit();
  std::optional<Sent> next_message();
  std::optional<Sent> next_piece(std::list<StreamId>& turns);
  Sent take(std::list<Queued>& queue);

  StreamTable& streams_;  // of the same conversation
  // Lists, since a deque holds half a kilobyte while it is empty.
  std::list<Queued> urgent_;
  std::list<Queued> messages_;
  std::size_t queued_bytes_ = 0;  // of both queues above
  std::optional<Ping> ping_;
  std::optional<Pong> pong_;
  bool sync_due_ = false;
  bool joins_ = false;
  std::list<StreamId> credits_;
  std::list<StreamId> interactive_;
  std::list<StreamId> bulk_;
  unsigned interactive_run_ = 0;
};

}  // namespace slipway::wire
