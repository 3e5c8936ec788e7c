// SPDX-License-Identifier: Apache-2.0
#include "controller/application_definition.hpp"

#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

class ApplicationDefinitionTest : public PlayedClusterTest {
 public:
  base::Result<bool> step() { return world.run(keeper.step(cluster)); }
  /// As a gateway tells it whose API server serves none.
  bool missed() {
    auto tell = [](ApplicationDefinitionTest& test) -> base::Task<bool> {
      auto batch = mirror::batch({}, false, false, "applications");
      batch.set_error("the API server serves no applications of group app.k8s.io");
      (void)co_await test.feed->write(mirror::framed(batch));
      co_return co_await fakes::until(
          [&] { return !test.world.mirror.freshness(test.cluster, "applications").live; });
    };
    return world.run(tell(*this));
  }

  controller::ApplicationDefinition keeper{world.io.get_executor(), world.services};
};

TEST_F(ApplicationDefinitionTest, IsSentOnceAndAgainOnlyWhereItIsMissed) {
  EXPECT_FALSE(*step());
  ASSERT_EQ(agent->intents().size(), 1U);
  EXPECT_NE(agent->intents()[0].apply().yaml().find("applications.app.k8s.io"), std::string::npos);
  EXPECT_TRUE(*step()) << "an old agent that tells of no applications is not pressed";
  ASSERT_TRUE(world.run(tell("applications", {})));
  EXPECT_TRUE(*step());
  EXPECT_EQ(agent->intents().size(), 1U);
  ASSERT_TRUE(missed());
  const auto waits = step();
  ASSERT_FALSE(waits) << "it is tried again until it is served";
  EXPECT_EQ(waits.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(agent->intents().size(), 2U);
  EXPECT_FALSE(step());
  EXPECT_EQ(agent->intents().size(), 3U);
  ASSERT_TRUE(world.run(tell("applications", {})));
  EXPECT_TRUE(*step());
  EXPECT_EQ(agent->intents().size(), 3U);
}

TEST_F(ApplicationDefinitionTest, ARefusalIsSaidAndTriedAgain) {
  statuses = {403};
  EXPECT_FALSE(step());
  EXPECT_FALSE(*step());
  EXPECT_EQ(agent->intents().size(), 2U);
}

TEST_F(ApplicationDefinitionTest, WhoWillNotHaveItIsAskedEverMoreSeldom) {
  using std::chrono::seconds;
  statuses = std::vector<int>(8, 403);
  std::vector<seconds> waits;
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(step());
    waits.push_back(keeper.retry_after(cluster));
  }
  const std::vector<seconds> wanted{seconds(10),  seconds(20),  seconds(40),  seconds(80),
                                    seconds(160), seconds(300), seconds(300), seconds(300)};
  EXPECT_EQ(waits, wanted);
  EXPECT_FALSE(*step()) << "now it took it";
  EXPECT_EQ(keeper.retry_after(cluster), controller::kRoundsRetry);
  ASSERT_TRUE(world.run(tell("applications", {})));
  ASSERT_TRUE(missed());
  EXPECT_FALSE(step());
  EXPECT_FALSE(step());
  EXPECT_EQ(keeper.retry_after(cluster), seconds(20)) << "taken is not yet served";
  ASSERT_TRUE(world.run(tell("applications", {})));
  EXPECT_TRUE(*step());
  EXPECT_EQ(keeper.retry_after(cluster), controller::kRoundsRetry);
}

}  // namespace
}  // namespace slipway::http
