// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/link/link.hpp"

namespace slipway::link {

struct LinkState;

/// What a stream's user and its link both see.
struct StreamState {
  StreamState(boost::asio::any_io_executor executor, wire::StreamId number,
              std::weak_ptr<LinkState> owner);

  void push(std::string bytes, std::optional<wire::StreamNote> note);
  void fail(base::Error why);

  wire::StreamId id;
  std::weak_ptr<LinkState> link;
  std::deque<Chunk> inbox;  ///< bounded by the stream's credit
  bool peer_finished = false;
  bool finished = false;               ///< by us
  std::optional<base::Error> failure;  ///< reset, or the link ended
  base::Wakeup readable;
  base::Wakeup writable;
  base::Wakeup ended;  ///< failed, or finished by both
};

/// A link's conversation, transport and streams.
struct LinkState : std::enable_shared_from_this<LinkState> {
  LinkState(wire::Side side, wire::Hello own, std::unique_ptr<net::Transport> carrier,
            LinkHandlers callbacks, const base::Clock& time);

  base::Task<> read_loop();
  base::Task<> write_frames();  ///< until there are none; runs only while there are some
  base::Task<> watched(base::Task<> loop);  ///< what it throws ends the link
  void tick();
  void tick_later();
  void end_by_bug(const std::string& what);
  void end(base::Error why);
  void dispatch();  ///< hands on what the conversation has found
  void deliver(wire::Event event);
  void changed();  ///< there may be something to write
  StreamPtr adopt(wire::StreamId id);
  std::shared_ptr<StreamState> find(wire::StreamId id);

  wire::Conversation conversation;
  std::unique_ptr<net::Transport> transport;
  LinkHandlers handlers;
  const base::Clock& clock;                                      // owned by the program's root
  std::map<wire::StreamId, std::weak_ptr<StreamState>> streams;  // those that still have a user
  std::optional<base::Error> ended;
  bool ready = false;
  base::UtcTime last_heard;
  bool writing = false;
  /// Made by run(), which knows the executor; streams exist only while it runs.
  struct Running {
    explicit Running(const boost::asio::any_io_executor& on)
        : executor(on), ticker(on), written(on), writer(on) {}
    boost::asio::any_io_executor executor;
    boost::asio::steady_timer ticker;
    base::Wakeup written;  ///< the writer has ended
    base::TaskScope writer;
  };
  std::optional<Running> running;
};

}  // namespace slipway::link
