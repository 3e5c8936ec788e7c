// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "frame.pb.h"
#include "protocol/wire/conversation.hpp"

namespace slipway::wire {

/// One Data frame to be: bytes or a note, or the end of the stream.
struct Piece {
  std::string bytes;
  std::optional<StreamNote> note;
  bool finish = false;
};

/// A stream as one end sees it, from its Open until both halves finished or either end reset it.
struct OpenStream {
  bool interactive = false;
  bool own = false;                    ///< this end opened it
  bool announced = false;              ///< its Open has left, or has come
  bool confirmed = false;              ///< the other end is known to know it
  bool abandoned = false;              ///< nobody here reads any more
  std::uint64_t confirming_nonce = 0;  ///< a pong to this ping or a later one confirms it

  std::list<Piece> queue;  ///< its cost has been taken from send_credit
  bool in_turn = false;    ///< waits in the outbox for its turn
  std::size_t send_credit = kWindowBytes;
  bool wants_credit = false;  ///< the owner waits for Writable
  bool finishing = false;     ///< finish() was called
  bool finish_sent = false;

  std::size_t receive_credit = kWindowBytes;  ///< what the other end may still send
  std::size_t unread = 0;                     ///< received and not yet consumed
  std::size_t owed = 0;                       ///< consumed and not yet given back
  bool credit_due = false;
  bool peer_finished = false;
};

/// The ids of a link: who may open which, which were used, which are open. Ids of one end only
/// grow, so that the highest tells a late frame (tolerated) from one that was never opened (an
/// error).
class StreamTable {
 public:
  explicit StreamTable(Side side);

  OpenStream* find(StreamId id);
  bool was_opened(StreamId id) const;  ///< by either end, now or before
  bool is_own(StreamId id) const;      ///< of this end's parity

  /// The next own id; nullopt when all are used up.
  std::optional<StreamId> add_own(bool interactive);
  OpenStream& add_peers(StreamId id,
                        bool interactive);  ///< id: of the peer's parity, not was_opened
  void note_refused(StreamId id);           ///< the peer's id counts as used without being open
  void erase(StreamId id);

  std::size_t size() const { return streams_.size(); }
  std::size_t opened_by_peer() const { return opened_by_peer_; }
  std::map<StreamId, OpenStream>& all() { return streams_; }

 private:
  Side side_;
  std::uint64_t next_own_;
  StreamId highest_of_peer_ = 0;
  std::size_t opened_by_peer_ = 0;
  std::map<StreamId, OpenStream> streams_;
};

}  // namespace slipway::wire
