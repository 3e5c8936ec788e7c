// SPDX-License-Identifier: Apache-2.0
#include "agent/release/slots.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/unit/agent/release/directory.hpp"

namespace slipway::agent_release {
namespace {

TEST(Slots, WhatWasWrittenIsRead) {
  const Directory directory;
  auto slots = directory.slots();
  EXPECT_EQ(slots.read().current, "");
  const auto written = slots.update([](Slots& now) {
    now.current = "aa";
    now.trial = Slots::Trial{{"bb", 2}, 1};
    now.failure = Slots::Failure{{"cc", 1}, "it \"broke\"\n"};
  });
  ASSERT_TRUE(written) << written.error().message;
  const Slots read = directory.slots().read();
  EXPECT_EQ(read.current, "aa");
  ASSERT_TRUE(read.trial);
  EXPECT_EQ(read.trial->what, (Candidate{"bb", 2}));
  EXPECT_EQ(read.trial->starts, 1u);
  ASSERT_TRUE(read.failure);
  EXPECT_EQ(read.failure->what, (Candidate{"cc", 1}));
  EXPECT_EQ(read.failure->why, "it \"broke\"\n");
}

TEST(Slots, ADamagedFileIsTheImagesProgram) {
  const Directory directory;
  auto slots = directory.slots();
  for (const char* text : {"", "{", "[]", "{}", R"({"current": 7})", R"({"current":"a","trial":1})",
                           R"({"current":"a","trial":{"sha256":"b","attempt":-1,"starts":0}})"}) {
    ASSERT_TRUE(slots.update([](Slots&) {}));
    ASSERT_TRUE(base::write_file(directory.path() / "agent" / "slots.json", text));
    const Slots read = slots.read();
    EXPECT_EQ(read.current, "") << text;
    EXPECT_FALSE(read.trial) << text;
  }
}

TEST(Slots, ThePlaceIsItsOwnersAlone) {
  const Directory directory;
  auto slots = directory.slots();
  ASSERT_TRUE(slots.update([](Slots&) {}));
  struct stat found{};
  ASSERT_EQ(::stat((directory.path() / "agent").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST(Slots, ADiskThatRefusesIsAnError) {
  const Directory directory;
  ASSERT_TRUE(base::write_file(directory.path() / "agent", "a file in the way"));
  EXPECT_FALSE(directory.slots().update([](Slots&) {}));
}

TEST(Slots, SweepKeepsWhatASlotNames) {
  const Directory directory;
  auto slots = directory.slots();
  const auto current = directory.keep("current"), trial = directory.keep("trial"),
             old = directory.keep("old");
  ASSERT_TRUE(base::write_file(slots.partial("half"), "half"));
  ASSERT_TRUE(slots.update([&](Slots& now) {
    now.current = current;
    now.trial = Slots::Trial{{trial, 1}, 0};
  }));
  slots.sweep();
  EXPECT_TRUE(std::filesystem::exists(slots.program(current)));
  EXPECT_TRUE(std::filesystem::exists(slots.program(trial)));
  EXPECT_FALSE(std::filesystem::exists(slots.program(old)));
  EXPECT_FALSE(std::filesystem::exists(slots.partial("half")));
  EXPECT_EQ(slots.read().current, current);
}

}  // namespace
}  // namespace slipway::agent_release
