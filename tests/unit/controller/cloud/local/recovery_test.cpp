// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/recovery.hpp"

#include <gtest/gtest.h>

namespace slipway::cloud::local {
namespace {

MachineRecord record(Phase phase, bool powered, std::string ran_in) {
  return {.id = {"m"}, .phase = phase, .powered = powered, .ran_in = std::move(ran_in)};
}

TEST(Recovery, DecidesByRecordAndSight) {
  const auto made = [](bool powered) { return record(Phase::kMade, powered, "now"); };
  EXPECT_EQ(recovery_of(made(true), {true, "now", ""}), Recovery::kWatch);
  EXPECT_EQ(recovery_of(made(true), {false, "now", ""}), Recovery::kRemainOff);
  EXPECT_EQ(recovery_of(made(true), {false, "now", "poweroff"}), Recovery::kRemainOff);
  EXPECT_EQ(recovery_of(made(true), {false, "now", "reboot"}), Recovery::kPowerOn);
  EXPECT_EQ(recovery_of(made(true), {false, "next boot", ""}), Recovery::kPowerOn);
  EXPECT_EQ(recovery_of(made(false), {false, "next boot", "reboot"}), Recovery::kLeave);
  EXPECT_EQ(recovery_of(made(false), {true, "now", ""}), Recovery::kRemainOff)
      << "a stop that a crash interrupted is finished";
}

TEST(Recovery, AStartThatACrashInterruptedIsFinished) {
  EXPECT_EQ(recovery_of(record(Phase::kMade, true, ""), {false, "now", ""}), Recovery::kPowerOn);
}

TEST(Recovery, HalfMadeWaitsAndHalfDeletedGoes) {
  EXPECT_EQ(recovery_of(record(Phase::kMaking, false, ""), {false, "now", ""}), Recovery::kLeave);
  EXPECT_EQ(recovery_of(record(Phase::kDeleting, true, "now"), {true, "now", ""}),
            Recovery::kErase);
}

}  // namespace
}  // namespace slipway::cloud::local
