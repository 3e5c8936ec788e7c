// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/offload.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "protocol/base/task_scope.hpp"

namespace slipway::base {
namespace {

TEST(Offload, ACancelledCallerWaitsForItsWork) {
  asio::io_context io;
  asio::thread_pool pool(1);
  std::promise<void> started;
  std::promise<void> let_go;
  std::atomic<bool> done = false;
  bool resumed_after_work = false;
  TaskScope scope(io.get_executor());
  scope.spawn(
      "works",
      [](auto& pool, auto& started, auto& let_go, auto& done, bool& resumed_after_work) -> Task<> {
        co_await offload(pool, [&] {
          started.set_value();
          let_go.get_future().wait();
          done = true;
          return 0;
        });
        resumed_after_work = done;
      }(pool, started, let_go, done, resumed_after_work));
  io.poll();
  started.get_future().wait();
  asio::post(io, [&] { scope.cancel(); });
  io.poll();
  EXPECT_EQ(scope.running(), 1U) << "the work still refers to the caller";
  let_go.set_value();
  io.run();
  EXPECT_EQ(scope.running(), 0U);
  EXPECT_TRUE(resumed_after_work);
}

/// The signal must not reach the pool once the work has ended there: the sanitizers see it.
TEST(Offload, ACancellationAtTheEndOfTheWorkTouchesNothing) {
  constexpr int kRounds = 2000;
  asio::thread_pool pool(2);
  for (int round = 0; round < kRounds; ++round) {
    asio::io_context io;
    std::promise<void> started;
    TaskScope scope(io.get_executor());
    scope.spawn("works", [](auto& pool, auto& started) -> Task<> {
      co_await offload(pool, [&] {
        started.set_value();
        return 0;
      });
    }(pool, started));
    io.poll();
    asio::post(io, [&] { scope.cancel(); });  // on the io thread, as TaskScope asks
    started.get_future().wait();
    io.run();
    EXPECT_EQ(scope.running(), 0U);
  }
}

}  // namespace
}  // namespace slipway::base
