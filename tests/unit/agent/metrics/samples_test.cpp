// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::metrics {
namespace {

constexpr auto kNodes = R"({"items":[{"metadata":{"name":"a"}}]})";

/// Two who ask at the same time, while the API server takes its time with the list of nodes.
struct SamplesTest : testing::Test {
  struct Asker {
    boost::asio::cancellation_signal leave;
    std::optional<bool> answered;  ///< whether with figures
  };

  SamplesTest() {
    kube.on("GET /api/v1/nodes?", list);
    kube.on("GET /api/v1/nodes?", 200, kNodes);
    kube.on("GET /api/v1/nodes/a/proxy", 200, R"({"node":{"nodeName":"a"}})");
    ask(first);
    ask(second);
    io.poll();
  }

  void ask(Asker& asker) {
    boost::asio::co_spawn(
        io,
        [](Samples* from) -> base::Task<bool> {
          auto nodes = co_await from->now();
          co_return nodes && (*nodes)->size() == 1;
        }(&samples),
        boost::asio::bind_cancellation_slot(
            asker.leave.slot(),
            [&asker](std::exception_ptr, bool good) { asker.answered = good; }));
  }
  auto lists() const {
    return std::ranges::count_if(
        kube.requests, [](const auto& each) { return each.target.starts_with("/api/v1/nodes?"); });
  }

  boost::asio::io_context io;
  fakes::FakeKubeApi kube;
  fakes::ManualClock clock;
  std::shared_ptr<fakes::FedBody> list = std::make_shared<fakes::FedBody>(io.get_executor());
  Samples samples{io.get_executor(), kube, clock};
  Asker first;
  Asker second;
};

TEST_F(SamplesTest, WhoAsksMeanwhileGetsTheSame) {
  EXPECT_EQ(lists(), 1);
  list->feed(kNodes);
  list->end();
  io.run();
  EXPECT_EQ(first.answered, true);
  EXPECT_EQ(second.answered, true);
  EXPECT_EQ(lists(), 1);
}

TEST_F(SamplesTest, WhereTheFirstGoesAwayTheNextAsks) {
  first.leave.emit(boost::asio::cancellation_type::terminal);
  io.run();
  EXPECT_EQ(first.answered, false);
  EXPECT_EQ(second.answered, true);
  EXPECT_EQ(lists(), 2);
}

TEST_F(SamplesTest, WhoWaitsMayGoAway) {
  second.leave.emit(boost::asio::cancellation_type::terminal);
  io.poll();
  EXPECT_EQ(second.answered, false);
  list->feed(kNodes);
  list->end();
  io.run();
  EXPECT_EQ(first.answered, true);
}

}  // namespace
}  // namespace slipway::metrics
