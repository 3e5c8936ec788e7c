// SPDX-License-Identifier: Apache-2.0
// Small frames that wait together leave together, where the other end says that it takes batches.
#include <memory>

#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

class Batches : public TwoEnds {
 protected:
  void begin(End& end, Side side, bool takes_batches) {
    auto hello = hello_of("end");
    hello.set_takes_batches(takes_batches);
    std::destroy_at(&end.talk);
    std::construct_at(&end.talk, side, std::move(hello), now, utc);
  }
  void meet(bool controller_takes) {
    begin(agent, Side::kAgent, true);
    begin(controller, Side::kController, controller_takes);
    settle();
    ids = {open_at(agent), open_at(agent)};
    settle();
  }
  static std::vector<Frame> frames_of(const Frame& together) {
    std::vector<Frame> frames;
    for (const auto& bytes : together.batch().frames()) {
      EXPECT_TRUE(frames.emplace_back().ParseFromString(bytes));
    }
    return frames;
  }
  std::vector<StreamId> ids;
};

TEST_F(Batches, ARequestAndItsEndAreOneMessage) {
  meet(true);
  const auto id = open_at(controller);
  ASSERT_TRUE(controller.talk.write(id, "body"));
  controller.talk.finish(id);
  const auto message = take(controller);
  ASSERT_TRUE(message);
  const auto frames = frames_of(*message);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].open().stream(), id);
  EXPECT_EQ(frames[1].data().bytes(), "body");
  EXPECT_TRUE(frames[1].data().finish());
  EXPECT_FALSE(take(controller));
  ASSERT_TRUE(give(agent, *message));
  EXPECT_EQ(all_of<Opened>(agent).back().stream, id);
  EXPECT_EQ(bytes_of(agent, id), "body");
  EXPECT_EQ(all_of<Finished>(agent).back().stream, id);
}

TEST_F(Batches, OneFrameGoesByItself) {
  meet(true);
  ASSERT_TRUE(agent.talk.write(ids[0], "x"));
  EXPECT_TRUE(take(agent)->has_data());
}

TEST_F(Batches, EndsOfBeforeGetNone) {
  meet(false);
  ASSERT_TRUE(agent.talk.write(ids[0], "x"));
  agent.talk.finish(ids[0]);
  EXPECT_FALSE(take(agent)->data().finish());
  EXPECT_TRUE(take(agent)->has_finish());
}

TEST_F(Batches, WhatIsLargeWaitsForNothingSmall) {
  meet(true);
  ASSERT_TRUE(agent.talk.write(ids[0], std::string(2 * kPieceBytes, 'x')));
  agent.talk.finish(ids[0]);
  EXPECT_FALSE(take(agent)->data().finish());
  EXPECT_TRUE(take(agent)->data().finish());
  EXPECT_FALSE(agent.talk.has_frame());
}

TEST_F(Batches, AStreamOfWhichBothHalvesEndWithTheirLastDataIsOver) {
  meet(true);
  settle();
  const auto before = agent.talk.stream_count();
  ASSERT_TRUE(agent.talk.write(ids[0], "question"));
  agent.talk.finish(ids[0]);
  settle();
  ASSERT_TRUE(controller.talk.write(ids[0], "answer"));
  controller.talk.finish(ids[0]);
  settle();
  EXPECT_EQ(bytes_of(agent, ids[0]), "answer");
  EXPECT_EQ(all_of<Finished>(agent).back().stream, ids[0]);
  EXPECT_EQ(agent.talk.stream_count(), before - 1);
  EXPECT_EQ(controller.talk.stream_count(), before - 1);
}

TEST_F(Batches, ALargeReportIsNoPartOfOne) {
  meet(true);
  Report report;
  report.mutable_outcome()->set_body(std::string(kMaxFrameBytes / 2, 'x'));
  ASSERT_TRUE(agent.talk.send(Report()));
  ASSERT_TRUE(agent.talk.send(Report()));
  ASSERT_TRUE(agent.talk.send(report));
  const auto small = take(agent);
  ASSERT_TRUE(small->has_batch());
  EXPECT_EQ(small->batch().frames_size(), 2);
  EXPECT_TRUE(take(agent)->has_report());
}

TEST_F(Batches, AreBounded) {
  meet(true);
  for (std::size_t i = 0; i < kControlQueue - 1; ++i) ASSERT_TRUE(agent.talk.send(Report()));
  ASSERT_TRUE(agent.talk.write(ids[0], std::string(kPieceBytes, 'x')));
  for (const auto& message : take_all(agent)) {
    EXPECT_LE(message.ByteSizeLong(), kBatchBytes + kChunkBytes + kBatchFrames * 8);
    EXPECT_LE(message.batch().frames_size(), int{kBatchFrames});
    ASSERT_TRUE(give(controller, message));
  }
  EXPECT_EQ(all_of<GotReport>(controller).size(), kControlQueue - 1);
  EXPECT_EQ(bytes_of(controller, ids[0]).size(), kPieceBytes);
}

}  // namespace
}  // namespace slipway::wire
