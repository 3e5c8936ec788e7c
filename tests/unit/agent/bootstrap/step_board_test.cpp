// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/step_board.hpp"

#include <gtest/gtest.h>

namespace slipway::bootstrap {
namespace {

using State = wire::StepReport;

const base::UtcTime kNow = base::from_unix_ms(1'000'000);

struct BoardTest : testing::Test {
  std::vector<wire::StepReport> told;
  StepBoard board{[this](const wire::StepReport& report) { told.push_back(report); }};
};

TEST_F(BoardTest, AStepFromWaitingToDone) {
  board.prepare({"clock", "disks"}, 7, true);
  board.begin("clock", kNow);
  board.log("clock", "5 ms off");
  board.done("clock", kNow);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0].state(), State::WAITING);
  EXPECT_EQ(told[2].state(), State::RUNNING);
  EXPECT_EQ(told[2].attempts(), 1U);
  EXPECT_EQ(told[3].state(), State::DONE);
  EXPECT_EQ(told[3].log_tail(), "5 ms off\n");
  EXPECT_EQ(told[3].generation(), 7U);
  EXPECT_FALSE(board.all_done());
}

TEST_F(BoardTest, AFailureKeepsItsAttempts) {
  board.prepare({"clock"}, 1, true);
  board.begin("clock", kNow);
  board.failed("clock", "no time", kNow);
  board.prepare({"clock"}, 1, false);
  board.begin("clock", kNow);
  EXPECT_EQ(board.reports()[0].attempts(), 2U);
  EXPECT_EQ(board.reports()[0].error(), "");
}

TEST_F(BoardTest, ASecondLookAtADoneStepStaysDone) {
  board.prepare({"clock"}, 1, true);
  board.begin("clock", kNow);
  board.log("clock", "how it was made");
  board.done("clock", kNow);
  told.clear();
  board.prepare({"clock"}, 2, false);
  board.begin("clock", kNow);
  EXPECT_TRUE(told.empty());
  board.done("clock", kNow);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].generation(), 2U);
  EXPECT_EQ(told[0].log_tail(), "how it was made\n");
}

TEST_F(BoardTest, AFreshRunWaitsAgain) {
  board.prepare({"clock"}, 1, true);
  board.begin("clock", kNow);
  board.done("clock", kNow);
  board.prepare({"clock"}, 1, true);
  EXPECT_EQ(board.state("clock"), State::WAITING);
}

TEST_F(BoardTest, GrowingLogsAreToldWhenFlushed) {
  board.prepare({"clock"}, 1, true);
  board.begin("clock", kNow);
  told.clear();
  board.flush();
  EXPECT_TRUE(told.empty());
  board.log("clock", "a");
  board.log("clock", "b");
  EXPECT_TRUE(told.empty());
  board.flush();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].log_tail(), "a\nb\n");
}

TEST_F(BoardTest, WhatARunningStepWaitsForIsToldWhenFlushedAndGoesWithItsEnd) {
  board.prepare({"etcd"}, 1, true);
  board.waits_for("etcd", "nothing: it does not run");
  board.begin("etcd", kNow);
  EXPECT_EQ(told.back().waiting_for(), "");
  board.waits_for("etcd", "port 2380");
  board.flush();
  EXPECT_EQ(told.back().waiting_for(), "port 2380");
  const auto before = told.size();
  board.flush();
  EXPECT_EQ(told.size(), before);
  board.failed("etcd", "gave up", kNow);
  EXPECT_EQ(told.back().waiting_for(), "");
}

TEST_F(BoardTest, WhatIsWaitedForIsBoundedText) {
  board.prepare({"etcd"}, 1, true);
  board.begin("etcd", kNow);
  board.waits_for("etcd", "\xFF" + std::string(1 << 20, 'x'));
  board.flush();
  EXPECT_EQ(told.back().waiting_for().size(), kWaitsForBytes);
  EXPECT_TRUE(told.back().waiting_for().starts_with("\xEF\xBF\xBDx"));
}

TEST(LogTailTest, KeepsTheLastFiftyLines) {
  LogTail tail;
  for (int i = 0; i < 80; ++i) tail.add("line " + std::to_string(i));
  EXPECT_TRUE(tail.text().starts_with("line 30\n"));
  EXPECT_TRUE(tail.text().ends_with("line 79\n"));
}

TEST(LogTailTest, KeepsAtMostSixteenKibibytes) {
  LogTail tail;
  for (int i = 0; i < 50; ++i) tail.add(std::string(1 << 20, 'x'));
  EXPECT_LE(tail.text().size(), kTailBytes);
  EXPECT_GT(tail.text().size(), kTailBytes / 2);
}

TEST(LogTailTest, MakesWhatIsNoTextReadable) {
  LogTail tail;
  tail.add("caf\xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x9A\xA2");
  tail.add(std::string("\xFF\xC0\x80\xED\xA0\x80 \x1B[0m\0z", 13));
  EXPECT_EQ(tail.text(), "caf\xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x9A\xA2\n?????? ?[0m?z\n");
}

}  // namespace
}  // namespace slipway::bootstrap
