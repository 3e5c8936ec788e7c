// SPDX-License-Identifier: Apache-2.0
#include "controller/cluster_rounds.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "controller/rounds.hpp"
#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/world.hpp"

namespace slipway::controller {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Lets the loop run until `done`, at most for some seconds.
base::Task<bool> comes(std::function<bool()> done) {
  for (int i = 0; i < 500 && !done(); ++i) co_await base::sleep_for(std::chrono::milliseconds{10});
  co_return done();
}

TEST(ClusterRounds, AClusterWhoseLookThrewIsLookedAtAgain) {
  http::World world;
  int looks = 0;
  ClusterRounds rounds{world.io.get_executor(),
                       world.services,
                       {.name = "test",
                        .every = seconds{3600},
                        .before = [] {},
                        .step = [&](base::ClusterId) -> base::Task<base::Result<bool>> {
                          if (++looks == 1) throw std::runtime_error("database: disk is full");
                          co_return true;
                        },
                        .retry = [](const base::ClusterId&) { return seconds{0}; }}};
  EXPECT_TRUE(world.run([](ClusterRounds& rounds, int& looks) -> base::Task<bool> {
    rounds.start();
    rounds.look_at(base::ClusterId{"c"});
    const bool again = co_await comes([&] { return looks == 2; });
    rounds.look_at(base::ClusterId{"c"});
    const bool free = co_await comes([&] { return looks == 3; });
    co_await rounds.stop();
    co_return again&& free;
  }(rounds, looks)));
}

TEST(ClusterRounds, GoOnAfterARoundThatThrew) {
  http::World world;
  int rounds_begun = 0;
  ClusterRounds rounds{
      world.io.get_executor(),
      world.services,
      {.name = "test",
       .every = seconds{0},
       .before =
           [&] {
             if (++rounds_begun == 1) throw std::runtime_error("database: busy");
           },
       .step = [](base::ClusterId) -> base::Task<base::Result<bool>> { co_return true; }}};
  EXPECT_TRUE(world.run([](ClusterRounds& rounds, int& begun) -> base::Task<bool> {
    rounds.start();
    const bool again = co_await comes([&] { return begun > 1; });
    co_await rounds.stop();
    co_return again;
  }(rounds, rounds_begun)));
}

TEST(Outlive, ACancelledTaskEndsThough) {
  boost::asio::io_context io;
  base::TaskScope tasks{io.get_executor()};
  bool went_on = false;
  tasks.spawn("loop", [](bool& went_on) -> base::Task<> {
    boost::asio::steady_timer never{co_await boost::asio::this_coro::executor, hours{1}};
    co_await outlive("test", [](boost::asio::steady_timer& timer) -> base::Task<> {
      co_await timer.async_wait(boost::asio::use_awaitable);
    }(never));
    went_on = true;
  }(went_on));
  io.poll();
  tasks.cancel();
  io.run_for(seconds{60});
  EXPECT_EQ(tasks.running(), 0u);
  EXPECT_FALSE(went_on);
}

}  // namespace
}  // namespace slipway::controller
