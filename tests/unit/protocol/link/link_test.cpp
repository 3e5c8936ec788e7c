// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/link/linked.hpp"

namespace slipway::link {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
using Links = Linked;

TEST_F(Links, GetReadyAndCarryMessages) {
  EXPECT_TRUE(agent.link->is_ready());
  EXPECT_TRUE(controller.link->is_ready());
  wire::Report report;
  report.mutable_step()->set_name("disks");
  ASSERT_TRUE(agent.link->send(report));
  wire::Order order;
  order.mutable_retry()->set_step("disks");
  ASSERT_TRUE(controller.link->send(order));
  poll();
  ASSERT_EQ(controller.reports.size(), 1u);
  EXPECT_EQ(controller.reports[0].step().name(), "disks");
  ASSERT_EQ(agent.orders.size(), 1u);
}

TEST_F(Links, CloseEndsBothEndsAndAllStreams) {
  const auto ours = open_from(controller);
  const auto theirs = last_offered(agent);
  ASSERT_TRUE(theirs);
  base::Result<std::optional<Chunk>> read;
  run([&]() -> base::Task<> { read = co_await theirs->read(); });
  controller.link->close({ErrorCode::kDenied, "its certificate is void", {}});
  poll();
  poll();
  ASSERT_TRUE(controller.ended);
  EXPECT_EQ(controller.ended->code, ErrorCode::kDenied);
  ASSERT_TRUE(agent.ended);
  EXPECT_EQ(agent.ended->code, ErrorCode::kUnavailable);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kUnavailable);
  base::Result<> written;
  run([&]() -> base::Task<> { written = co_await ours->write("x"); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(agent.link->open({}, false));
  EXPECT_FALSE(agent.link->is_ready());
}

TEST_F(Links, EndWhenTheOtherEndIsSilent) {
  // Only this end's time passes: nothing is answered meanwhile.
  for (int i = 0; i < 15 && !agent.ended; ++i) {
    clock.advance(seconds{1});
    agent.link->tick();
  }
  poll();
  ASSERT_TRUE(agent.ended);
  EXPECT_EQ(agent.ended->code, ErrorCode::kTimeout);
}

TEST_F(Links, EndWithTheirTaskWhenItIsCancelled) {
  scope.cancel();
  for (int i = 0; i < 5; ++i) poll();
  EXPECT_EQ(scope.running(), 0u);
  EXPECT_FALSE(agent.link->is_ready());
  EXPECT_FALSE(controller.link->is_ready());
}

TEST(LinkAlone, RefusesATextMessageAndAWrongFirstFrame) {
  for (const bool binary : {false, true}) {
    boost::asio::io_context io;
    fakes::ManualClock clock;
    base::TaskScope scope(io.get_executor());
    auto [mine, peer] = net::transport_pair(io.get_executor());
    Link link(wire::Side::kAgent, {}, std::move(mine), {}, clock);
    std::optional<base::Error> ended;
    scope.spawn("link", [](Link& l, std::optional<base::Error>& e) -> base::Task<> {
      e = co_await l.run();
    }(link, ended));
    scope.spawn("peer", [](net::Transport& t, bool as_binary) -> base::Task<> {
      co_await t.write({"hello", as_binary});
    }(*peer, binary));
    io.run_for(seconds{5});
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code, ErrorCode::kInvalid);
  }
}

}  // namespace
}  // namespace slipway::link
