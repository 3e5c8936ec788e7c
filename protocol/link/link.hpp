// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"
#include "protocol/net/transport.hpp"
#include "protocol/wire/conversation.hpp"

namespace slipway::link {

class Link;

/// What came on a stream: bytes, a note, or both.
struct Chunk {
  std::string bytes;
  std::optional<wire::StreamNote> note;
};

/// One stream of a link, as a coroutine sees it; one reader and one writer at a time. The link may
/// end first: then calls fail with kUnavailable. Destroying the last user's copy without finish()
/// resets the stream; after finish() what was written still arrives, and what comes is dropped.
class Stream {
 public:
  explicit Stream(std::shared_ptr<struct StreamState> state);
  ~Stream();
  Stream(const Stream&) = delete;

  /// The next chunk; nullopt when the other end has finished; the error when it was reset or the
  /// link ended (after what had come before).
  base::Task<base::Result<std::optional<Chunk>>> read();
  bool waits() const;  ///< nothing is there to read, not even an end
  /// Waits for credit until all is queued.
  base::Task<base::Result<>> write(std::string bytes);
  /// kInvalid when larger than wire::kMaxNoteBytes.
  base::Task<base::Result<>> write(wire::StreamNote note);
  /// Waits until the stream is over for both: reset by either end, link gone, or both finished.
  /// May run beside read() and write(), which it does not disturb; cancellable.
  base::Task<base::Error> closed();
  /// Reset by either end, or its link has gone; what came before can still be read.
  bool failed() const;
  void finish();
  void reset(base::Error why);
  wire::StreamId id() const;

 private:
  std::shared_ptr<StreamState> state_;
};
using StreamPtr = std::shared_ptr<Stream>;

/// What the owner of a link is told. All are called on the io thread and must not block.
struct LinkHandlers {
  std::function<void(const wire::Ready&)> ready;
  std::function<void(wire::Report)> report;
  std::function<void(wire::Order)> order;
  std::function<void(wire::StreamOpen, bool interactive, StreamPtr)> opened;
  std::function<void(const wire::RoundTrip&)> round_trip;
};

/// Pumps a Conversation over a Transport until either ends. Both sides use it. run() returns why it
/// ended; then all streams have failed. Owner keeps the Link alive until run() has returned.
class Link {
 public:
  Link(wire::Side side, wire::Hello own, std::unique_ptr<net::Transport> transport,
       LinkHandlers handlers, const base::Clock& clock);
  ~Link();
  Link(const Link&) = delete;

  base::Task<base::Error> run();
  void close(base::Error why);  ///< run() returns soon after

  /// Lets time pass: pings, silence. run() does so every now and then; tests with a clock of
  /// their own call it.
  void tick();

  base::Result<StreamPtr> open(wire::StreamOpen what, bool interactive);
  base::Result<> send(wire::Report report);
  base::Result<> send(wire::Order order);
  bool is_ready() const;
  base::UtcTime last_heard() const;  ///< by our clock; the epoch: nothing yet
  std::size_t stream_count() const;

 private:
  std::shared_ptr<struct LinkState> state_;  // shared with the streams
};

}  // namespace slipway::link
