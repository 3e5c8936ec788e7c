// SPDX-License-Identifier: Apache-2.0
#include "agent/release/launch.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "protocol/base/descriptor.hpp"
#include "tests/unit/agent/release/directory.hpp"

namespace slipway::agent_release {
namespace {

/// Puts a program on trial; its SHA-256.
std::string put_on_trial(const Directory& directory, const std::string& content = "trial") {
  const auto sha256 = directory.keep(content);
  auto slots = directory.slots();
  EXPECT_TRUE(slots.update([&](Slots& now) { now.trial = Slots::Trial{{sha256, 7}, 0}; }));
  return sha256;
}

TEST(Launch, WithoutReleasesTheImagesProgramRuns) {
  const Directory directory;
  auto slots = directory.slots();
  const auto choice = choose(slots);
  EXPECT_EQ(choice.sha256, "");
  EXPECT_FALSE(choice.on_trial);
}

TEST(Launch, TheSettledProgramRuns) {
  const Directory directory;
  auto slots = directory.slots();
  const auto sha256 = directory.keep("settled");
  ASSERT_TRUE(slots.update([&](Slots& now) { now.current = sha256; }));
  const auto choice = choose(slots);
  EXPECT_EQ(choice.sha256, sha256);
  EXPECT_FALSE(choice.on_trial);
}

TEST(Launch, ATrialThatEndsByItselfHasThreeStarts) {
  const Directory directory;
  auto slots = directory.slots();
  const auto before = directory.keep("before");
  ASSERT_TRUE(slots.update([&](Slots& now) { now.current = before; }));
  const auto trial = put_on_trial(directory);
  for (unsigned start = 1; start <= kMaxStarts; ++start) {
    const auto choice = choose(slots);
    EXPECT_EQ(choice.sha256, trial);
    EXPECT_TRUE(choice.on_trial);
    EXPECT_EQ(slots.read().trial->starts, start);
  }
  const auto last = choose(slots);
  EXPECT_EQ(last.sha256, before);
  EXPECT_FALSE(last.on_trial);
  const Slots now = slots.read();
  EXPECT_FALSE(now.trial);
  ASSERT_TRUE(now.failure);
  EXPECT_EQ(now.failure->what, (Candidate{trial, 7}));
  EXPECT_NE(now.failure->why.find("ended by itself 3 times"), std::string::npos);
}

TEST(Launch, ADamagedTrialIsGivenUpAndADamagedProgramPassedOver) {
  const Directory directory;
  auto slots = directory.slots();
  const auto trial = put_on_trial(directory);
  ASSERT_TRUE(base::write_file(slots.program(trial), "other bytes"));
  const auto settled = directory.keep("settled");
  ASSERT_TRUE(slots.update([&](Slots& now) { now.current = settled; }));
  EXPECT_EQ(choose(slots).sha256, settled);
  EXPECT_NE(slots.read().failure->why.find("damaged"), std::string::npos);
  std::filesystem::remove(slots.program(settled));
  EXPECT_EQ(choose(slots).sha256, "");
}

TEST(Launch, WhatCannotBeCountedIsNotTried) {
  const Directory directory;
  ASSERT_TRUE(base::write_file(directory.path() / "agent", "no directory"));
  auto slots = directory.slots();
  EXPECT_FALSE(choose(slots).on_trial);
}

/// A process that sleeps until it is ended, with what names it for good.
struct Sleeper {
  Sleeper() : pid(::fork()) {
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
    handle.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  int end() const {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
  }
  pid_t pid;
  base::Descriptor handle;
};

TEST(Launch, TheGuardEndsATrialWhoseTimeIsOver) {
  const Directory directory;
  auto slots = directory.slots();
  const auto trial = put_on_trial(directory);
  const Sleeper sleeper;
  EXPECT_TRUE(guard(slots, {trial, 7}, std::chrono::seconds{0}, sleeper.handle.get()));
  const int status = sleeper.end();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  const Slots now = slots.read();
  EXPECT_FALSE(now.trial);
  EXPECT_NE(now.failure->why.find("did not hold a link"), std::string::npos);
}

TEST(Launch, TheGuardLeavesASettledReleaseAndAnotherTrialAlone) {
  const Directory directory;
  auto slots = directory.slots();
  const auto trial = put_on_trial(directory);
  const Sleeper sleeper;
  EXPECT_TRUE(guard(slots, {trial, 6}, std::chrono::seconds{0}, sleeper.handle.get()));
  EXPECT_TRUE(slots.read().trial);
  ASSERT_TRUE(slots.update([](Slots& now) { now.trial.reset(); }));
  EXPECT_TRUE(guard(slots, {trial, 7}, std::chrono::seconds{0}, sleeper.handle.get()));
  EXPECT_EQ(::kill(sleeper.pid, 0), 0) << "the guard ended what it had to leave";
  ::kill(sleeper.pid, SIGKILL);
  sleeper.end();
}

TEST(Launch, TheGuardGoesWithTheProgram) {
  const Directory directory;
  auto slots = directory.slots();
  const auto trial = put_on_trial(directory);
  const Sleeper sleeper;
  ::kill(sleeper.pid, SIGKILL);
  EXPECT_TRUE(guard(slots, {trial, 7}, std::chrono::hours{1}, sleeper.handle.get()));
  sleeper.end();
  EXPECT_TRUE(slots.read().trial) << "another start may still prove it";
}

/// What a process that launches prints: itself, or the program that it became.
std::string launched(const Directory& directory) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], 1);
    char name[] = "slipway-agent", word[] = "run";
    char* argv[] = {name, word, nullptr};
    auto slots = directory.slots();
    const auto running = launch(slots, argv, std::chrono::hours{1});
    const std::string text = (running.from_image ? "image " : "release ") + running.sha256;
    (void)!::write(1, text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(256, '\0');
  const auto got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
}

TEST(Launch, ItBecomesTheProgramOfTheTrialWithTheSameWords) {
  const Directory directory;
  const auto trial =
      put_on_trial(directory, "#!/bin/sh\nprintf '%s %s' \"$1\" \"$SLIPWAY_AGENT_RELEASE\"\n");
  EXPECT_EQ(launched(directory), "run " + trial);
  EXPECT_EQ(directory.slots().read().trial->starts, 1u);
}

TEST(Launch, WhatCannotStartIsGivenUpAndTheSettledProgramRuns) {
  const Directory directory;
  auto slots = directory.slots();
  const auto settled = directory.keep("#!/bin/sh\nprintf settled\n");
  ASSERT_TRUE(slots.update([&](Slots& now) { now.current = settled; }));
  const auto trial = put_on_trial(directory, "#!/no/such/interpreter\n");
  EXPECT_EQ(launched(directory), "settled");
  EXPECT_EQ(slots.read().failure->what.sha256, trial);
  EXPECT_NE(slots.read().failure->why.find("cannot start"), std::string::npos);
}

TEST(Launch, WithoutAReleaseItSaysWhatItIs) {
  const Directory directory;
  EXPECT_EQ(launched(directory),
            "image " + pki::sha256_of_file("/proc/self/exe").value_or("unreadable"));
}

TEST(Launch, AReleaseDoesNotChooseAgain) {
  const Directory directory;
  put_on_trial(directory);
  ::setenv("SLIPWAY_AGENT_RELEASE", "0123", 1);
  EXPECT_EQ(launched(directory), "release 0123");
  ::unsetenv("SLIPWAY_AGENT_RELEASE");
  EXPECT_EQ(directory.slots().read().trial->starts, 0u);
}

}  // namespace
}  // namespace slipway::agent_release
