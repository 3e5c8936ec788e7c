// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

using Urgency = TwoEnds;

StreamId stream_of(const Frame& frame) {
  return frame.data().stream();
}

TEST_F(Urgency, AKeyOvertakesAllQueuedBulk) {
  settle();
  const auto bulk = open_at(agent);
  const auto keys = open_at(agent, true);
  settle();
  ASSERT_TRUE(agent.talk.write(bulk, std::string(kWindowBytes, 'x')));
  EXPECT_EQ(stream_of(*take(agent)), bulk);  // this one is being written
  ASSERT_TRUE(agent.talk.write(keys, "k"));
  EXPECT_EQ(stream_of(*take(agent)), keys);
  EXPECT_EQ(stream_of(*take(agent)), bulk);
}

TEST_F(Urgency, AFloodOfInteractiveDataStarvesNobody) {
  settle();
  const auto bulk = open_at(agent);
  const auto flood = open_at(agent, true);
  settle();
  ASSERT_TRUE(agent.talk.write(flood, std::string(kWindowBytes, 'x')));
  ASSERT_TRUE(agent.talk.write(bulk, std::string(kWindowBytes, 'x')));
  unsigned since_bulk = 0;
  unsigned bulks = 0;
  for (unsigned i = 0; i < kWindowBytes / kPieceBytes; ++i) {
    const auto id = stream_of(*take(agent));
    since_bulk = id == bulk ? 0 : since_bulk + 1;
    bulks += id == bulk;
    EXPECT_LE(since_bulk, kInteractiveRun);
  }
  EXPECT_GE(bulks, 1u);
}

TEST_F(Urgency, BulkStreamsTakeTurns) {
  settle();
  const StreamId ids[] = {open_at(agent), open_at(agent), open_at(agent)};
  settle();
  for (const auto id : ids) ASSERT_TRUE(agent.talk.write(id, std::string(3 * kPieceBytes, 'x')));
  for (int turn = 0; turn < 3; ++turn) {
    for (const auto id : ids) EXPECT_EQ(stream_of(*take(agent)), id);
  }
}

TEST_F(Urgency, ChunksAreFullAndNoLarger) {
  settle();
  const auto id = open_at(agent);
  settle();
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(agent.talk.write(id, "x"));
  const auto frames = take_all(agent);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].data().bytes().size(), kPieceBytes);
}

TEST_F(Urgency, ReportsGoBeforeBulkAndControlBeforeAll) {
  settle();
  const auto bulk = open_at(agent);
  const auto keys = open_at(agent, true);
  settle();
  ASSERT_TRUE(agent.talk.write(bulk, "x"));
  ASSERT_TRUE(agent.talk.send(Report()));
  ASSERT_TRUE(agent.talk.write(keys, "k"));
  open_at(agent);
  std::vector<Frame::BodyCase> order;
  for (const auto& frame : take_all(agent)) order.push_back(frame.body_case());
  EXPECT_EQ(order, (std::vector<Frame::BodyCase>{Frame::kOpen, Frame::kData, Frame::kReport,
                                                 Frame::kData}));
}

TEST_F(Urgency, HelloIsFirstEvenWhenAPingWaitsForItsAnswer) {
  Frame frame;
  *frame.mutable_hello() = hello_of("controller");
  ASSERT_TRUE(give(agent, frame));
  frame.mutable_ping()->set_nonce(1);
  ASSERT_TRUE(give(agent, frame));
  EXPECT_EQ(take(agent)->body_case(), Frame::kHello);
  EXPECT_EQ(take(agent)->body_case(), Frame::kPong);
}

TEST_F(Urgency, PingsAndRefusalsOfAFloodAreBounded) {
  settle();
  Frame ping;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    ping.mutable_ping()->set_nonce(i);
    ASSERT_TRUE(give(agent, ping));
  }
  const auto answers = take_all(agent);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].pong().nonce(), 10'000u);

  base::Result<> taken;
  Frame open;
  *open.mutable_open()->mutable_what() = some_open();
  StreamId id = 2;
  for (; taken && id < 100'000; id += 2) {
    open.mutable_open()->set_stream(id);
    taken = give(agent, open);
    agent.talk.reset(id, {base::ErrorCode::kDenied, "no", {}});
    agent.events.clear();
  }
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, base::ErrorCode::kExhausted);
  EXPECT_LE(agent.talk.queued_bytes(), 1u << 20);
}

}  // namespace
}  // namespace slipway::wire
