// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/task_scope.hpp"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <stdexcept>
#include <thread>

#include "protocol/base/offload.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"
#include "tests/unit/protocol/base/run_task.hpp"

namespace slipway::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Sleeps for long; notes how it ended.
Task<> sleeper(int& started, int& ended) {
  struct Note {
    int& ended;
    ~Note() { ++ended; }
  };
  ++started;
  const Note note{ended};
  co_await sleep_for(hours{1});
  co_await sleep_for(hours{1});
}

TEST(TaskScope, JoinCancelsAndWaits) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  int started = 0;
  int ended = 0;
  for (int i = 0; i < 3; ++i) scope.spawn("sleeper", sleeper(started, ended));
  EXPECT_EQ(started, 0);  // never inside spawn
  EXPECT_EQ(scope.running(), 3u);
  io.poll();
  EXPECT_EQ(started, 3);
  run_task(io, scope.join());
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(scope.running(), 0u);
}

TEST(TaskScope, CancelBeforeATaskBeganKeepsItFromBeginning) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  int started = 0;
  int ended = 0;
  scope.spawn("sleeper", sleeper(started, ended));
  run_task(io, scope.join());
  EXPECT_EQ(started, 0);
  EXPECT_EQ(scope.running(), 0u);
}

TEST(TaskScope, AnExceptionEndsItsTaskAlone) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  int started = 0;
  int ended = 0;
  scope.spawn("thrower", []() -> Task<> {
    co_await sleep_for(milliseconds{0});
    throw std::runtime_error("on purpose");
  }());
  scope.spawn("sleeper", sleeper(started, ended));
  io.run_for(milliseconds{20});
  EXPECT_EQ(scope.running(), 1u);
  io.restart();
  run_task(io, scope.join());
  EXPECT_EQ(ended, 1);
}

TEST(TaskScope, JoinWaitsForTasksThatCleanUp) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  bool cleaned = false;
  scope.spawn("cleaner", [](bool& done) -> Task<> {
    co_await sleep_for(hours{1});  // ends early, quietly
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::this_coro::reset_cancellation_state();
    co_await sleep_for(milliseconds{5});
    done = true;
  }(cleaned));
  io.poll();
  run_task(io, scope.join());
  EXPECT_TRUE(cleaned);
}

TEST(TaskScope, ATaskMaySpawnAndCancel) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  int started = 0;
  int ended = 0;
  scope.spawn("outer", [](TaskScope& tasks, int& s, int& e) -> Task<> {
    tasks.spawn("inner", sleeper(s, e));
    co_await sleep_for(milliseconds{1});
    tasks.cancel();
    co_await sleep_for(hours{1});
  }(scope, started, ended));
  io.run();
  EXPECT_EQ(started, 1);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(scope.running(), 0u);
}

TEST(TaskScope, JoinFromInsideIsABugAndHangsNobody) {
  asio::io_context io;
  TaskScope scope(io.get_executor());
  bool caught = false;
  scope.spawn("inside", [](TaskScope& tasks, bool& seen) -> Task<> {
    try {
      co_await tasks.join();
    } catch (const std::logic_error&) {
      seen = true;
    }
  }(scope, caught));
  io.run();
  EXPECT_TRUE(caught);
  EXPECT_EQ(scope.running(), 0u);
}

TEST(TaskScope, InScopeJoinsWhenItsCallerIsCancelled) {
  asio::io_context io;
  TaskScope outer(io.get_executor());
  int started = 0;
  int ended = 0;
  outer.spawn("owner", in_scope([&](TaskScope& inner) -> Task<> {
                inner.spawn("sleeper", sleeper(started, ended));
                co_await sleep_for(hours{1});
                co_await sleep_for(hours{1});
              }));
  io.poll();
  EXPECT_EQ(started, 1);
  run_task(io, outer.join());
  EXPECT_EQ(ended, 1);
}

TEST(TaskScope, InScopeHandsOnExceptions) {
  asio::io_context io;
  int started = 0;
  int ended = 0;
  EXPECT_THROW(run_task(io, in_scope([&](TaskScope& inner) -> Task<> {
                          inner.spawn("sleeper", sleeper(started, ended));
                          co_await sleep_for(milliseconds{1});
                          throw std::runtime_error("on purpose");
                        })),
               std::runtime_error);
  EXPECT_EQ(started, ended);
}

Task<Result<int>> answer_after(Duration wait) {
  co_await sleep_for(wait);
  co_return 42;
}

TEST(WithTimeout, TakesWhoIsFirst) {
  asio::io_context io;
  EXPECT_EQ(run_task(io, with_timeout(hours{1}, "x", answer_after(milliseconds{1}))).value(), 42);
  const auto late =
      run_task(io, with_timeout(milliseconds{1}, "the answer", answer_after(hours{1})));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(late.error().message, "no answer in time: the answer");
}

TEST(WithTimeout, HandsOnAnExceptionAtOnce) {
  asio::io_context io;
  const auto thrower = []() -> Task<Result<int>> {
    co_await sleep_for(milliseconds{1});
    throw std::runtime_error("on purpose");
  };
  EXPECT_THROW(run_task(io, with_timeout(hours{1}, "x", thrower())), std::runtime_error);
}

TEST(Offload, RunsElsewhereAndResumesHere) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const auto here = std::this_thread::get_id();
  run_task(io, [](asio::thread_pool& threads, std::thread::id io_thread) -> Task<> {
    const auto there = co_await offload(threads, [] { return std::this_thread::get_id(); });
    EXPECT_NE(there, io_thread);
    EXPECT_EQ(std::this_thread::get_id(), io_thread);
  }(pool, here));
  pool.join();
}

}  // namespace
}  // namespace slipway::base
