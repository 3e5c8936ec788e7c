// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/conversation.hpp"
#include "protocol/wire/outbox.hpp"
#include "protocol/wire/stream_table.hpp"

namespace slipway::wire {

/// What a conversation remembers, and how it takes in each kind of frame.
struct Conversation::State {
  State(Side which, Hello hello, base::MonotonicTime now);

  base::Result<> take_in(Frame frame, base::MonotonicTime now, base::UtcTime utc);
  base::Result<> on_batch(Batch batch, base::MonotonicTime now, base::UtcTime utc);
  base::Result<> on_hello(const Hello& hello);
  base::Result<> on_ping(const Ping& ping, base::MonotonicTime now, base::UtcTime utc);
  base::Result<> on_pong(const Pong& pong, base::MonotonicTime now);
  base::Result<> on_sync(const Sync& sync);
  base::Result<> on_open(Open open);
  base::Result<> on_data(Data data);
  base::Result<> on_credit(const Credit& credit);
  base::Result<> on_finish(const Finish& finish);
  base::Result<> on_reset(const Reset& reset);
  void end_half(StreamId id, OpenStream& stream);  ///< the other end writes no more on it

  /// The open stream that a frame names; nullptr for a late frame; an error when it never was.
  base::Result<OpenStream*> named(StreamId id);
  base::Result<> usable() const;  ///< kUnavailable before hello and after an error
  base::Result<> queue_message(const Frame& frame);
  void push_reset(StreamId id, const base::Error& why);
  void drop(StreamId id, base::ErrorCode code, std::string why);  ///< tells the owner, not the peer
  void ping(base::MonotonicTime now, base::UtcTime utc);
  /// Pings and syncs if that is due; with `company`, if it nearly is.
  void ping_and_sync(base::MonotonicTime now, base::UtcTime utc, bool company);
  base::Result<> check_silence(base::MonotonicTime now);
  std::optional<std::string> next_single();  ///< the next frame by itself

  struct SentPing {
    std::uint64_t nonce;
    base::MonotonicTime at;
    std::int64_t utc_ms;
  };

  Side side;
  Hello own;
  base::MonotonicTime started;
  base::MonotonicTime heard;   ///< when the last frame came
  base::MonotonicTime ticked;  ///< when tick() was called last
  base::MonotonicTime pinged;
  base::MonotonicTime synced;
  bool said_hello = false;
  bool ready = false;                                ///< the other end has said hello
  bool batches = false;                              ///< the other end takes them
  std::chrono::seconds agent_pings = kPingInterval;  ///< the interval, as the controller wants it
  std::optional<base::Error> ended;
  std::uint64_t next_nonce = 1;
  std::list<SentPing> pings;  ///< unanswered, oldest first; at most kDeafLimit / kPingInterval
  StreamTable streams;
  Outbox outbox{streams};
  std::vector<Event> events;
};

/// What a controller's hello asks of the agent.
std::chrono::seconds ping_interval(const Hello& hello);

}  // namespace slipway::wire
