// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/read_pace.hpp"

#include <gtest/gtest.h>

namespace slipway::terminal {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kRoom = 32 << 10;

class ReadPaceTest : public testing::Test {
 protected:
  /// The pauses that so many reads of this size bring, one right after the other.
  base::Duration pauses_of(int reads, std::size_t size) {
    base::Duration sum{};
    for (int i = 0; i < reads; ++i) sum += pace.after(size, now);
    return sum;
  }

  /// A small read that has to wait, and how much later than asked for the wait ends.
  void rest(base::Duration late) {
    const auto pause = pace.after(1, now);
    ASSERT_EQ(pause, kPause);
    now += pause + late;
    pace.rested(now);
  }

  base::MonotonicTime now = base::MonotonicTime{} + std::chrono::hours{5};
  ReadPace pace;
};

TEST_F(ReadPaceTest, AnEchoOfEachKeyOfAPasteComesAtOnce) {
  EXPECT_EQ(pauses_of(kLittleBurst - 1, 1), base::Duration::zero());
  EXPECT_EQ(pace.portion(kRoom), kRoom);
}

TEST_F(ReadPaceTest, SmallReadsWithoutAnEndAreSpacedOut) {
  pauses_of(kLittleBurst - 1, 1);
  EXPECT_EQ(pauses_of(10, 15), 10 * kPause);
}

TEST_F(ReadPaceTest, LargeReadsNeverWait) {
  EXPECT_EQ(pauses_of(100'000, kLittle), base::Duration::zero());
  pauses_of(kLittleBurst, 1);
  EXPECT_EQ(pauses_of(100, kLittle), base::Duration::zero());
}

TEST_F(ReadPaceTest, WhoWritesSeldomIsNeverHeldUp) {
  for (int i = 0; i < 10 * kLittleBurst; ++i) {
    now += kPause;
    ASSERT_EQ(pace.after(1, now), base::Duration::zero()) << i;
  }
}

TEST_F(ReadPaceTest, ASilenceGivesTheBurstBackAndNoMore) {
  pauses_of(kLittleBurst, 1);
  now += kPause * 10;
  EXPECT_EQ(pauses_of(9, 1), base::Duration::zero());
  EXPECT_EQ(pauses_of(1, 1), kPause);
  now += std::chrono::hours{1};
  EXPECT_EQ(pauses_of(kLittleBurst - 1, 1), base::Duration::zero());
  EXPECT_EQ(pauses_of(1, 1), kPause);
}

TEST_F(ReadPaceTest, ThePortionGrowsWhileThereAreCpusAndIsLeastAtOnceWhenThereAreNone) {
  pauses_of(kLittleBurst - 1, 1);
  rest(base::Duration::zero());
  EXPECT_EQ(pace.portion(kRoom), kLeastPortion + kPortionGrowth);
  for (int i = 0; i < 1000; ++i) rest(kLate);
  EXPECT_EQ(pace.portion(kRoom), kLittle);
  rest(kLate + milliseconds{1});
  EXPECT_EQ(pace.portion(kRoom), kLeastPortion);
  EXPECT_EQ(pace.portion(100), 100U) << "never more than there is room for";
}

}  // namespace
}  // namespace slipway::terminal
