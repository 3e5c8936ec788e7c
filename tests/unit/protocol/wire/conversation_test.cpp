// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/conversation.hpp"

#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

using base::ErrorCode;
using Streams = TwoEnds;
using Messages = TwoEnds;

TEST_F(Streams, NothingGoesBeforeHello) {
  EXPECT_EQ(agent.talk.open(some_open(), false).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(agent.talk.send(Report()).error().code, ErrorCode::kUnavailable);
  settle();
  ASSERT_EQ(all_of<Ready>(agent).size(), 1u);
  EXPECT_EQ(all_of<Ready>(agent)[0].peer.software(), "controller");
  EXPECT_EQ(all_of<Ready>(agent)[0].version, kProtocolVersion);
  EXPECT_TRUE(agent.talk.open(some_open(), false));
}

TEST(Versions, TheHighestCommonOneIsUsed) {
  const base::MonotonicTime now{};
  const auto utc = base::from_unix_ms(0);
  const auto meet = [&](Hello ours, Hello theirs) {
    Conversation end(Side::kAgent, std::move(ours), now, utc);
    Frame frame;
    *frame.mutable_hello() = std::move(theirs);
    const auto taken = end.receive(frame.SerializeAsString(), now, utc);
    if (!taken) return -static_cast<int>(taken.error().code);
    return static_cast<int>(std::get<Ready>(end.take_events().at(0)).version);
  };
  EXPECT_EQ(meet(hello_of("a", 1, 3), hello_of("b", 2, 5)), 3);
  EXPECT_EQ(meet(hello_of("a", 1, 5), hello_of("b", 2, 4)), 4);
  EXPECT_EQ(meet(hello_of("a", 3, 5), hello_of("b", 1, 2)),
            -static_cast<int>(ErrorCode::kConflict));
}

TEST_F(Streams, CarryBytesNotesAndEndsBothWays) {
  settle();
  const auto id = open_at(controller, true);
  EXPECT_EQ(id % 2, 0u);
  EXPECT_EQ(controller.talk.write(id, "ls\n").value(), 3u);
  settle();
  ASSERT_EQ(all_of<Opened>(agent).size(), 1u);
  EXPECT_TRUE(all_of<Opened>(agent)[0].interactive);
  EXPECT_EQ(all_of<Opened>(agent)[0].what.logs().pod(), "web");
  EXPECT_EQ(bytes_of(agent, id), "ls\n");
  ASSERT_TRUE(agent.talk.write(id, "file\n"));
  StreamNote exit;
  exit.mutable_exit()->set_code(7);
  ASSERT_TRUE(agent.talk.write_note(id, exit));
  agent.talk.finish(id);
  settle();
  EXPECT_EQ(bytes_of(controller, id), "file\n");
  EXPECT_EQ(all_of<Received>(controller).back().note->exit().code(), 7);
  EXPECT_EQ(all_of<Finished>(controller).size(), 1u);
  EXPECT_EQ(controller.talk.stream_count(), 1u);  // this half is still open
  EXPECT_EQ(agent.talk.write(id, "x").error().code, ErrorCode::kInvalid);
  controller.talk.finish(id);
  settle();
  EXPECT_EQ(agent.talk.stream_count() + controller.talk.stream_count(), 0u);
  EXPECT_EQ(controller.talk.write(id, "x").error().code, ErrorCode::kNotFound);
}

TEST_F(Streams, StopAtTheWindowAndGoOnWithCredit) {
  settle();
  const auto id = open_at(agent);
  const std::string much(kWindowBytes + 5, 'x');
  EXPECT_EQ(agent.talk.write(id, much).value(), kWindowBytes);
  EXPECT_EQ(agent.talk.write(id, "y").value(), 0u);
  settle();
  EXPECT_EQ(bytes_of(controller, id).size(), kWindowBytes);
  EXPECT_TRUE(all_of<Writable>(agent).empty());
  controller.talk.consumed(id, kCreditStepBytes - 1);  // small steps are saved up
  settle();
  EXPECT_TRUE(all_of<Writable>(agent).empty());
  controller.talk.consumed(id, 1);
  settle();
  EXPECT_EQ(all_of<Writable>(agent).size(), 1u);
  EXPECT_EQ(agent.talk.write(id, much).value(), kCreditStepBytes);
  controller.talk.consumed(id, 10 * kWindowBytes);  // no more than was received
  settle();
  EXPECT_EQ(agent.talk.write(id, much).value(), kWindowBytes - kCreditStepBytes);
}

TEST_F(Streams, AWriterThatWaitsIsToldThoughAnotherWroteSomethingThatFits) {
  settle();
  const auto id = open_at(agent);
  const std::string much(kWindowBytes - kNoteCostBytes + 1, 'x');
  ASSERT_EQ(agent.talk.write(id, much).value(), much.size());
  StreamNote note;
  note.set_close_stdin(true);
  EXPECT_EQ(agent.talk.write_note(id, note).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(agent.talk.write(id, "fits").value(), 4u);
  settle();
  controller.talk.consumed(id, kCreditStepBytes);
  settle();
  EXPECT_EQ(all_of<Writable>(agent).size(), 1u);
  EXPECT_TRUE(agent.talk.write_note(id, note));
}

TEST_F(Streams, NotesCostCreditAndTheLargestAlwaysPassesAReader) {
  settle();
  const auto id = open_at(agent);
  StreamNote small;
  small.set_close_stdin(true);
  std::size_t count = 0;
  while (agent.talk.write_note(id, small)) ++count;
  EXPECT_EQ(count, kWindowBytes / kNoteCostBytes);
  settle();
  for (const auto& it : all_of<Received>(controller)) {
    controller.talk.consumed(id, cost_of(it.bytes, it.note));
  }
  settle();
  ASSERT_TRUE(agent.talk.write(id, std::string(kCreditStepBytes - 1, 'x')));
  settle();
  controller.talk.consumed(id, kCreditStepBytes - 1);
  settle();
  StreamNote large;
  large.set_stderr(std::string(kMaxNoteBytes - 8, 'e'));
  for (int i = 0; i < 3; ++i) {
    const auto before = all_of<Received>(controller).size();
    ASSERT_TRUE(agent.talk.write_note(id, large)) << i;
    settle();
    ASSERT_EQ(all_of<Received>(controller).size(), before + 1);
    controller.talk.consumed(id, cost_of({}, large));
    settle();
  }
  large.set_stderr(std::string(kMaxNoteBytes, 'e'));
  EXPECT_EQ(agent.talk.write_note(id, large).error().code, ErrorCode::kInvalid);
}

TEST_F(Streams, AResetDropsWhatWaitsAndTellsWhy) {
  settle();
  const auto id = open_at(controller);
  settle();
  ASSERT_TRUE(agent.talk.write(id, "never read"));
  agent.talk.reset(id, {ErrorCode::kDenied, "not this \xff container", {}});
  settle();
  EXPECT_EQ(bytes_of(controller, id), "");
  ASSERT_EQ(all_of<Closed>(controller).size(), 1u);
  EXPECT_EQ(all_of<Closed>(controller)[0].error.code, ErrorCode::kDenied);
  EXPECT_EQ(all_of<Closed>(controller)[0].error.message, "not this \xef\xbf\xbd container");
  EXPECT_EQ(controller.talk.stream_count() + agent.talk.stream_count(), 0u);
}

TEST_F(Streams, LateFramesAfterAResetAreTolerated) {
  settle();
  const auto id = open_at(controller);
  settle();
  ASSERT_TRUE(agent.talk.write(id, "on its way"));
  agent.talk.finish(id);
  controller.talk.reset(id, {ErrorCode::kUnavailable, "the user left", {}});
  const auto late = take_all(agent);
  ASSERT_EQ(late.size(), 2u);
  for (const auto& frame : late) EXPECT_TRUE(give(controller, frame));
  Frame credit;
  credit.mutable_credit()->set_stream(id);
  credit.mutable_credit()->set_bytes(1);
  EXPECT_TRUE(give(controller, credit));
  settle();
  EXPECT_TRUE(all_of<Received>(controller).empty());
  EXPECT_EQ(agent.talk.stream_count(), 0u);
}

TEST_F(Streams, AnAbandonedOneStillSendsWhatWasWritten) {
  settle();
  const auto id = open_at(controller);
  settle();
  ASSERT_TRUE(agent.talk.write(id, "answer"));
  agent.talk.finish(id);
  agent.talk.abandon(id);
  ASSERT_TRUE(controller.talk.write(id, "nobody reads this"));
  settle();
  EXPECT_EQ(bytes_of(controller, id), "answer");
  EXPECT_EQ(all_of<Finished>(controller).size(), 1u);
  EXPECT_EQ(all_of<Closed>(controller).size(), 1u);
  EXPECT_TRUE(all_of<Received>(agent).empty());
  EXPECT_EQ(agent.talk.stream_count() + controller.talk.stream_count(), 0u);
}

TEST_F(Streams, AreLimitedInNumber) {
  settle();
  for (std::size_t i = 0; i < kMaxStreams; ++i) {
    open_at(controller);
    if (i % 500 == 0) settle();  // the queue of control frames is limited too
  }
  settle();
  EXPECT_EQ(controller.talk.open(some_open(), false).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(agent.talk.open(some_open(), false).error().code, ErrorCode::kExhausted);
}

TEST_F(Streams, OpensThatCrossAtTheLimitAreRefusedNotPunished) {
  settle();
  for (std::size_t i = 0; i + 1 < kMaxStreams; ++i) {
    open_at(controller);
    if (i % 500 == 0) settle();
  }
  settle();
  const auto theirs = open_at(controller);
  const auto ours = open_at(agent);
  settle();
  std::vector<StreamId> refused;
  for (const auto* end : {&agent, &controller}) {
    for (const auto& it : all_of<Closed>(*end)) {
      EXPECT_EQ(it.error.code, ErrorCode::kExhausted);
      refused.push_back(it.stream);
    }
  }
  EXPECT_EQ(refused, (std::vector<StreamId>{ours, theirs}));
  EXPECT_EQ(agent.talk.stream_count(), controller.talk.stream_count());
}

TEST_F(Messages, GoTheirOwnWayOnly) {
  settle();
  Report report;
  report.mutable_step()->set_name("disks");
  report.mutable_step()->set_log_tail("bad \xc3( byte");
  EXPECT_TRUE(agent.talk.send(report));
  EXPECT_TRUE(controller.talk.send(Order()));
  EXPECT_EQ(agent.talk.send(Order()).error().code, ErrorCode::kDenied);
  EXPECT_EQ(controller.talk.send(Report()).error().code, ErrorCode::kDenied);
  settle();
  ASSERT_EQ(all_of<GotReport>(controller).size(), 1u);
  EXPECT_EQ(all_of<GotReport>(controller)[0].report.step().log_tail(), "bad \xef\xbf\xbd( byte");
  EXPECT_EQ(all_of<GotOrder>(agent).size(), 1u);
}

TEST_F(Messages, AreBoundedInNumberAndSize) {
  settle();
  Report report;
  std::size_t count = 0;
  while (agent.talk.send(report)) ++count;
  EXPECT_EQ(count, kControlQueue);
  settle();
  report.mutable_step()->set_log_tail(std::string(kMaxFrameBytes - 64, 'x'));
  count = 0;
  while (agent.talk.send(report)) ++count;
  EXPECT_GE(count, kControlQueueBytes / kMaxFrameBytes);
  EXPECT_LE(count, kControlQueueBytes / kMaxFrameBytes + 1);
  settle();
  report.mutable_step()->set_log_tail(std::string(kMaxFrameBytes, 'x'));
  EXPECT_EQ(agent.talk.send(report).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace slipway::wire
