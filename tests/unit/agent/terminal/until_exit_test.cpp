// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "agent/terminal/pump.hpp"
#include "protocol/base/with_timeout.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::terminal {
namespace {

using base::Result;
using base::Task;
using std::chrono::milliseconds;

constexpr milliseconds kDrain{20};

Task<Result<int>> exited() {
  co_return 3;
}

int exit_code(Task<Result<int>> task) {
  base::asio::io_context io;
  return fakes::run_task(io, std::move(task)).value();
}

TEST(UntilExit, WaitsForWhatTheReaderHasNotTakenYet) {
  OutputProgress progress;
  bool all_out = false;
  auto outputs = [&]() -> Task<> {
    progress.waiting = 1;  // in hand, and the user's line is slow
    co_await base::sleep_for(5 * kDrain);
    progress.waiting = 0;
    const auto state = co_await base::asio::this_coro::cancellation_state;
    all_out = state.cancelled() == base::asio::cancellation_type::none;
  };
  EXPECT_EQ(exit_code(until_exit(outputs(), exited, kDrain, progress)), 3);
  EXPECT_TRUE(all_out) << "the end of the output is lost";
}

TEST(UntilExit, ListensToAChildThatStillPrints) {
  constexpr milliseconds drain{400};  // a stall of the host in it may not look like silence
  OutputProgress progress;
  bool all_out = false;
  auto outputs = [&]() -> Task<> {
    const auto end = base::MonotonicTime::clock::now() + 5 * drain / 2;
    while (base::MonotonicTime::clock::now() < end) {
      ++progress.bytes;
      co_await base::asio::post(base::asio::use_awaitable);
    }
    all_out = true;
  };
  EXPECT_EQ(exit_code(until_exit(outputs(), exited, drain, progress)), 3);
  EXPECT_TRUE(all_out);
}

TEST(UntilExit, LeavesAChildThatIsSilent) {
  OutputProgress progress;
  auto outputs = []() -> Task<> { co_await base::sleep_for(std::chrono::hours{1}); };
  EXPECT_EQ(exit_code(until_exit(outputs(), exited, kDrain, progress)), 3);
}

}  // namespace
}  // namespace slipway::terminal
