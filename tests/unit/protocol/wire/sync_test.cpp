// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

using std::chrono::seconds;

/// What a full view of the open streams does, and what it must not do.
class Syncs : public TwoEnds {
 protected:
  static Frame sync_of(std::initializer_list<StreamId> ids) {
    Frame frame;
    frame.mutable_sync();
    for (const auto id : ids) frame.mutable_sync()->add_streams(id);
    return frame;
  }
  /// The sync among what an end has to send; the other frames are lost.
  Frame next_sync(End& from) {
    now += kSyncInterval;
    heard(from);
    EXPECT_TRUE(from.talk.tick(now, utc));
    for (auto& frame : take_all(from)) {
      if (frame.has_sync()) return frame;
    }
    ADD_FAILURE() << "no sync";
    return {};
  }
  void heard(End& end) {
    Frame ping;
    ping.mutable_ping()->set_nonce(1);
    ASSERT_TRUE(give(end, ping));
  }
};

TEST_F(Syncs, AStreamThatThePeerForgotIsClosed) {
  settle();
  const auto theirs = open_at(controller);
  const auto kept = open_at(controller);
  settle();
  ASSERT_TRUE(give(agent, sync_of({kept})));
  ASSERT_EQ(all_of<Closed>(agent).size(), 1u);
  EXPECT_EQ(all_of<Closed>(agent)[0].stream, theirs);
  EXPECT_EQ(agent.talk.stream_count(), 1u);
}

TEST_F(Syncs, AnOpenOnItsWayIsNotForgotten) {
  settle();
  const auto ours = open_at(agent);
  const auto on_its_way = take_all(agent);  // left, not yet arrived
  ASSERT_TRUE(give(agent, next_sync(controller)));
  EXPECT_TRUE(all_of<Closed>(agent).empty());
  for (const auto& frame : on_its_way) ASSERT_TRUE(give(controller, frame));
  settle();
  ASSERT_TRUE(give(agent, next_sync(controller)));
  EXPECT_TRUE(all_of<Closed>(agent).empty());
  EXPECT_TRUE(agent.talk.write(ours, "x"));
}

TEST_F(Syncs, AnOwnStreamIsClosedOnceItIsKnownToHaveArrived) {
  settle();
  const auto ours = open_at(agent);
  take_all(agent);  // lost, as by a bug of the peer
  ASSERT_TRUE(give(agent, sync_of({})));
  EXPECT_TRUE(all_of<Closed>(agent).empty());
  // The answer to a ping that left after the Open says that the Open has arrived.
  now += kPingInterval;
  ASSERT_TRUE(agent.talk.tick(now, utc));
  Frame pong;
  for (const auto& frame : take_all(agent)) {
    if (frame.has_ping()) pong.mutable_pong()->set_nonce(frame.ping().nonce());
  }
  ASSERT_TRUE(pong.has_pong());
  ASSERT_TRUE(give(agent, pong));
  ASSERT_TRUE(give(agent, sync_of({})));
  ASSERT_EQ(all_of<Closed>(agent).size(), 1u);
  EXPECT_EQ(all_of<Closed>(agent)[0].stream, ours);
}

TEST_F(Syncs, APongToAnOlderPingProvesNothing) {
  settle();
  now += kPingInterval;
  ASSERT_TRUE(agent.talk.tick(now, utc));
  const auto ping = *take(agent);
  ASSERT_TRUE(ping.has_ping());
  open_at(agent);
  take_all(agent);
  Frame pong;
  pong.mutable_pong()->set_nonce(ping.ping().nonce());
  ASSERT_TRUE(give(agent, pong));
  ASSERT_TRUE(give(agent, sync_of({})));
  EXPECT_TRUE(all_of<Closed>(agent).empty());
}

TEST_F(Syncs, AQueuedOpenIsNotInTheViewBeforeItLeft) {
  settle();
  now += seconds{30};
  heard(agent);
  ASSERT_TRUE(agent.talk.tick(now, utc));
  const auto id = open_at(agent);
  bool opened = false;
  for (const auto& frame : take_all(agent)) {
    opened |= frame.has_open();
    if (!frame.has_sync()) continue;
    EXPECT_EQ(frame.sync().streams_size(), opened ? 1 : 0);
    if (opened) {
      EXPECT_EQ(frame.sync().streams(0), id);
    }
  }
}

TEST_F(Syncs, HalfClosedStreamsAreStillKnown) {
  settle();
  const auto id = open_at(agent);
  settle();
  agent.talk.finish(id);
  settle();
  ASSERT_TRUE(give(controller, next_sync(agent)));
  ASSERT_TRUE(give(agent, next_sync(controller)));
  EXPECT_EQ(agent.talk.stream_count(), 1u);
  EXPECT_EQ(controller.talk.stream_count(), 1u);
}

}  // namespace
}  // namespace slipway::wire
