// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Time passes second by second.
class Silence : public TwoEnds {
 protected:
  /// Ticks until the end's conversation dies; how long that took.
  std::pair<seconds, base::Error> ticks_until_dead(End& end) {
    for (seconds passed{1};; ++passed) {
      now += seconds{1};
      const auto alive = end.talk.tick(now, utc);
      take_all(end);
      if (!alive) return {passed, alive.error()};
      if (passed > seconds{1000}) return {passed, {}};
    }
  }
};

TEST_F(Silence, EndsALinkThatNeverSaysHello) {
  const auto [after, why] = ticks_until_dead(agent);
  EXPECT_EQ(after, kHelloTimeout);
  EXPECT_EQ(why.code, ErrorCode::kTimeout);
}

TEST_F(Silence, EndsALinkThatWentQuiet) {
  settle();
  const auto [after, why] = ticks_until_dead(agent);
  EXPECT_EQ(after, kSilenceLimit);
  EXPECT_EQ(why.code, ErrorCode::kTimeout);
  EXPECT_FALSE(agent.talk.next_frame());
  EXPECT_FALSE(agent.talk.receive("", now, utc));
  EXPECT_EQ(agent.talk.open(some_open(), false).error().code, ErrorCode::kUnavailable);
}

TEST_F(Silence, PingsKeepAnIdleLinkAlive) {
  settle();
  for (int i = 0; i < 120; ++i) {
    pass(seconds{1});
    settle();
  }
  EXPECT_GE(all_of<RoundTrip>(agent).size(), 20u);
}

TEST_F(Silence, APauseOfThisProcessIsNotThePeersSilence) {
  settle();
  now += seconds{100};
  EXPECT_TRUE(agent.talk.tick(now, utc));
  const auto [after, why] = ticks_until_dead(agent);
  EXPECT_EQ(after, kSilenceLimit - kPingInterval);
}

TEST_F(Silence, EndsALinkWhosePeerTalksButNeverReads) {
  settle();
  Frame ping;
  base::Result<> alive;
  seconds passed{0};
  for (; alive && passed < seconds{200}; ++passed) {
    now += seconds{1};
    ping.mutable_ping()->set_nonce(1);
    ASSERT_TRUE(give(agent, ping));
    alive = agent.talk.tick(now, utc);
    take_all(agent);
  }
  ASSERT_FALSE(alive);
  EXPECT_GE(passed, kDeafLimit);
  EXPECT_LE(passed, kDeafLimit + kPingInterval + seconds{1});
}

TEST_F(Silence, TheControllerEndsALinkThatWentQuietToo) {
  settle();
  const auto [after, why] = ticks_until_dead(controller);
  EXPECT_EQ(after, kSilenceLimit);
  EXPECT_EQ(why.code, ErrorCode::kTimeout);
}

TEST_F(Silence, TheControllerEndsALinkWhoseAgentTalksButNeverReads) {
  settle();
  Frame ping;
  ping.mutable_ping()->set_nonce(1);
  base::Result<> alive;
  seconds passed{0};
  for (; alive && passed < seconds{200}; ++passed) {
    now += seconds{1};
    ASSERT_TRUE(give(controller, ping));
    alive = controller.talk.tick(now, utc);
    take_all(controller);
  }
  ASSERT_FALSE(alive);
  EXPECT_GE(passed, kDeafLimit);
  EXPECT_LE(passed, kDeafLimit + kProbeInterval + seconds{1});
}

TEST_F(Silence, AnIdleControllerAnswersAndSaysLittleElse) {
  settle();
  std::size_t pongs = 0;
  std::size_t others = 0;
  for (int i = 0; i < 600; ++i) {
    pass(seconds{1});
    for (const auto& frame : take_all(agent)) ASSERT_TRUE(give(controller, frame));
    for (const auto& frame : take_all(controller)) {
      ++(frame.has_pong() ? pongs : others);
      ASSERT_TRUE(give(agent, frame));
    }
  }
  EXPECT_EQ(pongs, 600 / kPingInterval.count());
  const auto most = std::chrono::seconds{600} / joins_after(kProbeInterval) + 1;
  EXPECT_LE(others, static_cast<std::size_t>(2 * most));  // pings and syncs
  EXPECT_GE(all_of<RoundTrip>(controller).size(), 600u / kProbeInterval.count() - 1);
}

class QuietWorker : public Silence {
 protected:
  /// A link whose controller asks for a ping each so many seconds; time passes while both live.
  std::size_t pings_within(std::uint32_t interval, seconds time) {
    auto hello = hello_of("controller");
    hello.set_ping_seconds(interval);
    std::destroy_at(&controller);
    new (&controller) End{Conversation(Side::kController, hello, now, utc), {}};
    settle();
    std::size_t pings = 0;
    for (seconds i{0}; i < time; ++i) {
      pass(seconds{1});
      for (const auto& frame : take_all(agent)) {
        pings += frame.has_ping() ? 1 : 0;
        EXPECT_TRUE(give(controller, frame));
      }
      settle();
    }
    return pings;
  }
};

TEST_F(QuietWorker, PingsAsOftenAsItsControllerWants) {
  EXPECT_EQ(pings_within(10, seconds{600}), 60U);
}

TEST_F(QuietWorker, PingsAlongWithWhatItReports) {
  pings_within(11, seconds{9});
  std::size_t messages = 0;
  for (seconds i{0}; i < seconds{600}; ++i) {
    pass(seconds{1});
    if (i % seconds{10} == seconds{0}) {
      agent.talk.send_along(now, utc);
      ASSERT_TRUE(agent.talk.send(Report{}));
    }
    messages += agent.talk.has_frame() ? 1 : 0;
    settle();
  }
  EXPECT_EQ(messages, 60U) << "reports, and no ping or sync by itself";
  EXPECT_GE(all_of<RoundTrip>(agent).size(), 59U);
}

// The paces of controller/links/pace.hpp: a sync or a probe that leaves by itself costs as much as
// the report that was saved.
TEST_F(QuietWorker, NothingLeavesBetweenTheReportsAtAnyPace) {
  for (const auto health : {seconds{10}, seconds{15}, kMaxHealthInterval}) {
    SCOPED_TRACE(health.count());
    const auto ping = static_cast<std::uint32_t>(worker_ping(health).count());
    std::destroy_at(&agent);
    new (&agent) End{Conversation(Side::kAgent, hello_of("agent"), now, utc), {}};
    pings_within(ping, health - seconds{1});
    std::size_t from_agent = 0;
    std::size_t from_controller = 0;
    for (seconds i{0}; i < 20 * health; ++i) {
      pass(seconds{1});
      if (i % health == seconds{0}) {
        agent.talk.send_along(now, utc);
        ASSERT_TRUE(agent.talk.send(Report{}));
      }
      for (bool moved = true; moved;) {
        const auto up = take_all(agent);
        for (const auto& frame : up) ASSERT_TRUE(give(controller, frame));
        const auto down = take_all(controller);
        for (const auto& frame : down) ASSERT_TRUE(give(agent, frame));
        from_agent += up.empty() ? 0 : 1;
        from_controller += down.empty() ? 0 : 1;
        moved = !up.empty() || !down.empty();
      }
    }
    EXPECT_LE(from_controller, 21U) << "an answer to each report's ping";
    EXPECT_LE(from_agent, 20U + 20 * health / kProbeInterval + 1) << "and one to each probe";
  }
}

TEST_F(Silence, WhatIsNotNearlyDueLeavesNotAlong) {
  settle();
  now += kPingInterval / 2;
  agent.talk.send_along(now, utc);
  EXPECT_FALSE(agent.talk.has_frame());
  now += kPingInterval / 2;
  agent.talk.send_along(now, utc);
  EXPECT_TRUE(agent.talk.has_frame());
}

TEST_F(Silence, IsLookedForByTheControllerAsOftenAsThePingsWant) {
  EXPECT_EQ(agent.talk.tick_interval(), seconds{1});
  EXPECT_EQ(controller.talk.tick_interval(), seconds{1});
  EXPECT_EQ(tick_interval(kWorkerPingInterval), milliseconds{2750});
  EXPECT_EQ(tick_interval(seconds{1}), kMinTick);
  EXPECT_EQ(tick_interval(kMaxPingInterval), kMaxTick);
}

TEST_F(QuietWorker, IsDeadToBothEndsAfterTwoOfItsOwnIntervals) {
  pings_within(10, seconds{60});
  const auto began = now;
  EXPECT_EQ(ticks_until_dead(controller).first, silence_limit(seconds{10}));
  now = began;
  EXPECT_EQ(ticks_until_dead(agent).first, silence_limit(seconds{10}));
}

TEST_F(QuietWorker, AnAbsurdIntervalIsNoWayToLiveForEver) {
  const auto most = static_cast<std::size_t>(600 / kMaxPingInterval.count());
  EXPECT_EQ(pings_within(4'000'000'000U, seconds{600}), most);
  EXPECT_EQ(ticks_until_dead(controller).first, silence_limit(kMaxPingInterval));
}

TEST_F(Silence, AStalledTransportQueuesOnePingOnly) {
  settle();
  for (int i = 0; i < 30; ++i) {
    now += seconds{1};
    Frame ping;
    ping.mutable_ping()->set_nonce(1);
    ASSERT_TRUE(give(agent, ping));
    ASSERT_TRUE(agent.talk.tick(now, utc));
  }
  EXPECT_LE(take_all(agent).size(), 3u);  // a ping, a pong, a sync
}

TEST_F(Silence, TheRoundTripTellsTimeAndClockOffset) {
  settle();
  agent.events.clear();
  now += kPingInterval;
  ASSERT_TRUE(agent.talk.tick(now, utc));
  const auto ping = *take(agent);
  now += milliseconds{40};
  utc += milliseconds{20} + std::chrono::minutes{10};  // the controller's clock is ahead
  ASSERT_TRUE(give(controller, ping));
  const auto pong = *take(controller);
  now += milliseconds{0};
  ASSERT_TRUE(give(agent, pong));
  ASSERT_EQ(all_of<RoundTrip>(agent).size(), 1u);
  EXPECT_EQ(all_of<RoundTrip>(agent)[0].time, milliseconds{40});
  EXPECT_EQ(all_of<RoundTrip>(agent)[0].peer_offset_ms, 600'000);
}

}  // namespace
}  // namespace slipway::wire
