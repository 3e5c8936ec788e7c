// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "frame.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/base/result.hpp"
#include "protocol/wire/limits.hpp"

namespace slipway::wire {

using StreamId = std::uint32_t;

/// Which end of the link this is; decides stream ids and which messages are allowed.
enum class Side {
  kAgent,       ///< opens odd streams, sends reports
  kController,  ///< opens even streams, sends orders
};

// What happened, for the owner of the conversation, in order.
struct Opened {
  StreamId stream;
  bool interactive;
  StreamOpen what;
};  ///< the other end opened one
struct Received {
  StreamId stream;
  std::string bytes;
  std::optional<StreamNote> note;
};
struct Finished {
  StreamId stream;
};  ///< the other end writes no more
struct Closed {
  StreamId stream;
  base::Error error;
};  ///< reset by the other end, or unknown to it
struct Writable {
  StreamId stream;
};  ///< credit came back after write() took less than all
struct Ready {
  Hello peer;
  std::uint32_t version;
};  ///< hello done; reports and orders may go
struct GotReport {
  Report report;
};
struct GotOrder {
  Order order;
};
struct RoundTrip {
  base::Duration time;
  std::int64_t peer_offset_ms;
};  ///< peer's clock minus ours
using Event = std::variant<Opened, Received, Finished, Closed, Writable, Ready, GotReport, GotOrder,
                           RoundTrip>;

/// How often a controller's hello asks the agent for its health.
std::chrono::seconds health_interval(const Hello& hello);

/// The credit that bytes and a note have taken.
std::size_t cost_of(std::string_view bytes, const std::optional<StreamNote>& note);

/// The protocol as a state machine without I/O: bytes and time in, frames and events out. The same
/// class at both ends. What the peer may do wrong ends in a failed receive(), never in a crash:
/// the owner then closes the transport and drops the conversation.
class Conversation {
 public:
  Conversation(Side side, Hello own, base::MonotonicTime now, base::UtcTime utc);
  ~Conversation();
  Conversation(Conversation&&) noexcept;

  /// One message from the transport. An error is the peer's fault and ends the conversation.
  base::Result<> receive(std::string_view frame, base::MonotonicTime now, base::UtcTime utc);
  /// Pings, syncs, finds silence (kTimeout ends the conversation). Call each tick_interval().
  base::Result<> tick(base::MonotonicTime now, base::UtcTime utc);
  std::chrono::milliseconds tick_interval() const;
  /// Something is about to be sent: a ping or a sync that is nearly due leaves with it.
  void send_along(base::MonotonicTime now, base::UtcTime utc);
  /// The next frame to write, most urgent first: control, interactive streams, reports and orders,
  /// the other streams in turn. Small ones leave together where the other end takes batches. Take
  /// one only when it can be written at once.
  std::optional<std::string> next_frame();
  bool has_frame() const;
  /// Events since the last call, oldest first.
  std::vector<Event> take_events();

  /// kExhausted at kMaxStreams, kUnavailable before hello.
  base::Result<StreamId> open(StreamOpen what, bool interactive);
  /// Takes as much as there is credit; less than all: wait for Writable. kNotFound: the stream is
  /// closed; kInvalid: finish() was called.
  base::Result<std::size_t> write(StreamId stream, std::string_view bytes);
  /// kExhausted without enough credit: wait for Writable. kInvalid over kMaxNoteBytes.
  base::Result<> write_note(StreamId stream, StreamNote note);
  /// The owner has dealt with what it received (see cost_of): the peer may send as much again.
  void consumed(StreamId stream, std::size_t cost_bytes);
  void finish(StreamId stream);  ///< after the queued data
  /// The owner reads no more: what comes is dropped. Resets the stream, if it was finished after
  /// the queued data, else at once.
  void abandon(StreamId stream);
  void reset(StreamId stream, const base::Error& why);  ///< at once; queued data is dropped
  /// Queues a message; kExhausted when kControlQueue or kControlQueueBytes is reached, kUnavailable
  /// before hello, kDenied from the wrong side, kInvalid when larger than a frame.
  base::Result<> send(Report report);
  base::Result<> send(Order order);

  Side side() const;
  std::size_t stream_count() const;
  std::size_t queued_bytes() const;  ///< all that waits to be sent

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::wire
