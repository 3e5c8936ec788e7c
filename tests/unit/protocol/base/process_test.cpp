// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/process.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <stdexcept>
#include <vector>

#include "protocol/base/ids.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "tests/unit/protocol/base/run_task.hpp"

namespace slipway::base {
namespace {

Command shell(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)}};
}

TEST(Process, TellsCodeAndOutputInOrder) {
  asio::io_context io;
  const auto exit = run_task(io, run(shell("echo one; echo two >&2; echo three; exit 3")));
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 3);
  EXPECT_EQ(exit->output, "one\ntwo\nthree\n");
}

TEST(Process, TellsASignalAs128AndMore) {
  asio::io_context io;
  EXPECT_EQ(run_task(io, run(shell("kill -TERM $$")))->code, 128 + SIGTERM);
}

TEST(Process, SaysThatThereIsNoSuchProgram) {
  asio::io_context io;
  const auto exit = run_task(io, run({.argv = {"slipway-no-such-program"}}));
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run_task(io, run({})).error().code, ErrorCode::kInvalid);
}

TEST(Process, HandsInInputAndEnvironment) {
  asio::io_context io;
  auto command = shell("wc -c; echo $SLIPWAY_TEST $HOME");
  command.input = std::string(1 << 20, 'x');
  command.environment = {"SLIPWAY_TEST=yes", "HOME=/nowhere"};
  EXPECT_EQ(run_task(io, run(command))->output, "1048576\nyes /nowhere\n");
}

TEST(Process, AnUnreadInputHarmsNobody) {
  asio::io_context io;
  auto command = shell("exit 0");
  command.input = std::string(4 << 20, 'x');
  EXPECT_EQ(run_task(io, run(command))->code, 0);
}

TEST(Process, TellsLinesAndKeepsTheNewestOutput) {
  asio::io_context io;
  auto command = shell("seq 1 300000");
  int lines = 0;
  std::string last;
  command.on_line = [&](std::string_view line) {
    ++lines;
    last = line;
  };
  const auto exit = run_task(io, run(command));
  EXPECT_EQ(lines, 300000);
  EXPECT_EQ(last, "300000");
  EXPECT_EQ(exit->output.size(), kProcessOutputLimitBytes);
}

TEST(Process, KillsTheWholeGroupWhenTimeIsUp) {
  asio::io_context io;
  std::string child;
  auto command = shell("sleep 1000 & echo $!; wait");
  command.timeout = std::chrono::milliseconds{200};
  command.on_line = [&](std::string_view line) { child = line; };
  const auto exit = run_task(io, run(command));
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::kTimeout);
  ASSERT_FALSE(child.empty());
  // The orphan is reaped by init, or stays a zombie where no init reaps: it runs no more, as soon
  // as the kernel comes to its death.
  std::string state;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  do {
    const auto look = run_task(io, run(shell("sed 's/.*) //; s/ .*//' /proc/" + child + "/stat")));
    state = look->code == 0 ? look->output : "gone";
  } while (state != "gone" && state != "Z\n" && std::chrono::steady_clock::now() < limit);
  EXPECT_TRUE(state == "gone" || state == "Z\n") << state;
}

TEST(Process, DoesNotWaitForADaemonThatHoldsTheOutput) {
  asio::io_context io;
  auto command = shell("sleep 5 & echo started $!");
  command.timeout = std::chrono::seconds{4};
  const auto exit = run_task(io, run(command));
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 0);
  const auto pid = std::stoi(exit->output.substr(exit->output.find(' ')));
  EXPECT_EQ(::kill(pid, SIGKILL), 0);
}

TEST(Process, LeaksNoDescriptorIntoTheProgram) {
  asio::io_context io;
  EXPECT_EQ(run_task(io, run(shell("ls /proc/self/fd")))->output, "0\n1\n2\n3\n");  // 3: ls's own
}

TEST(Process, ManyRunAtOnce) {
  asio::io_context io;
  int right = 0;
  run_task(io, in_scope([&](TaskScope& scope) -> Task<> {
             Wakeup done(io.get_executor());
             for (int i = 0; i < 50; ++i) {
               scope.spawn("one", [](int code, int& count, Wakeup& wakeup) -> Task<> {
                 const auto exit = co_await run(shell("exit " + std::to_string(code)));
                 if (exit && exit->code == code) ++count;
                 wakeup.notify();
               }(i, right, done));
             }
             while (scope.running() > 0 && right < 50) co_await done.wait();
           }));
  EXPECT_EQ(right, 50);
}

TEST(Process, EndsWithItsCaller) {
  asio::io_context io;
  std::string pid;
  run_task(io, in_scope([&](TaskScope& scope) -> Task<> {
             Wakeup started(io.get_executor());
             auto command = shell("echo $$; exec sleep 1000");
             command.on_line = [&](std::string_view line) {
               pid = line;
               started.notify();
             };
             scope.spawn("sleeper", [](Command c) -> Task<> { co_await run(c); }(command));
             while (pid.empty()) co_await started.wait();
             co_await scope.join();
           }));
  ASSERT_FALSE(pid.empty());
  EXPECT_EQ(::kill(std::stoi(pid), 0), -1);  // killed and reaped
}

TEST(Process, EndsWhenItsListenerThrows) {
  asio::io_context io;
  auto command = shell("echo line; exec sleep 1000");
  command.on_line = [](std::string_view) { throw std::runtime_error("on purpose"); };
  EXPECT_THROW(run_task(io, run(command)), std::runtime_error);
}

TEST(RunOk, PutsTheLastLinesIntoTheError) {
  asio::io_context io;
  EXPECT_EQ(run_task(io, run_ok(shell("echo fine"))).value(), "fine\n");
  const auto failed = run_task(io, run_ok(shell("echo why; exit 9")));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
  EXPECT_EQ(failed.error().message, "sh failed with code 9: why");
}

}  // namespace
}  // namespace slipway::base
