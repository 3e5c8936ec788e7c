// SPDX-License-Identifier: Apache-2.0
#include "controller/quota_keeper.hpp"

#include "controller/quotas/upkeep.hpp"
#include "tests/unit/controller/http/quotas.hpp"

namespace slipway::http {
namespace {

using quotas::Resource;

class QuotaKeeperTest : public QuotasTest {
 public:
  /// One comparison with what the API server has now.
  base::Result<bool> step() {
    show_all();
    return run_answered(keeper.step(cluster));
  }
  std::optional<quotas::Allotment> row(const std::string& name) {
    return world.quotas.find({cluster, name});
  }
  static std::string quota_path(const std::string& in) {
    return "/api/v1/namespaces/" + in + "/resourcequotas/slipway";
  }

  controller::QuotaKeeper keeper{world.io.get_executor(), world.services};
};

TEST_F(QuotaKeeperTest, WhatIsAsItShouldBeIsLeftAlone) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3,"cpu":"1"})").status, 201);
  EXPECT_TRUE(*step());
  const auto asked = api.paths.size();
  EXPECT_TRUE(*step());
  EXPECT_EQ(api.paths.size(), asked);
}

TEST_F(QuotaKeeperTest, AQuotaThatWasChangedOrDeletedIsMended) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3,"cpu":"1"})").status, 201);
  ASSERT_TRUE(*step());
  auto& hard = api.objects[quota_path("fresh")].at("spec").at("hard").as_object();
  hard["pods"] = "3000";
  hard["services"] = "1";
  EXPECT_FALSE(*step());
  const auto mended = api.quota_of("fresh").at("spec").at("hard").as_object();
  EXPECT_EQ(mended.at("pods").as_string(), "3");
  EXPECT_FALSE(mended.contains("services"));
  EXPECT_TRUE(*step());
  api.objects.erase(quota_path("fresh"));
  api.objects.erase("/api/v1/namespaces/fresh/limitranges/slipway");
  EXPECT_FALSE(*step());
  EXPECT_TRUE(api.objects.contains(quota_path("fresh")));
  EXPECT_TRUE(api.objects.contains("/api/v1/namespaces/fresh/limitranges/slipway"));
  EXPECT_TRUE(*step());
}

TEST_F(QuotaKeeperTest, ARefusalIsSaidAndTriedAgain) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3})").status, 201);
  api.objects.erase(quota_path("fresh"));
  api.refuse = "not now";
  const auto failed = step();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "fresh: not now");
  api.refuse.clear();
  EXPECT_FALSE(*step());
  EXPECT_TRUE(*step());
}

TEST_F(QuotaKeeperTest, ARowGoesWithItsNamespace) {
  set_budget("dan", "/projects/" + shop.id.value, R"({})", 0);
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3})").status, 201);
  ASSERT_TRUE(step());
  EXPECT_EQ(given(shop, "pods"), 3);
  api.objects.erase("/api/v1/namespaces/fresh");
  api.objects.erase(quota_path("fresh"));
  ASSERT_TRUE(step());
  EXPECT_EQ(given(shop, "pods"), 0);
  EXPECT_EQ(create("dan", "fresh", R"({"pods":3})").status, 201) << "its name is free again";
}

TEST_F(QuotaKeeperTest, ANameIsFreeAsSoonAsTheMirrorShowsItsNamespaceGone) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3})").status, 201);
  ASSERT_TRUE(step());
  api.objects.erase("/api/v1/namespaces/fresh");
  api.objects.erase(quota_path("fresh"));
  show_all();
  EXPECT_EQ(create("dan", "fresh", R"({"pods":2})").status, 201) << "the keeper has not looked yet";
  EXPECT_EQ(given(shop, "pods"), 2);
}

TEST_F(QuotaKeeperTest, WhatWaitsForItsClusterIsKeptUntilItIsCalledOff) {
  ASSERT_TRUE(step());
  const base::IntentId id{"waits"};
  ASSERT_TRUE(world.quotas.allot(
      {.where = {cluster, "fresh"}, .project = shop, .amounts = {{Resource::kPods, 3}}}, id));
  agent->drop();
  ASSERT_TRUE(world.run(agent_is_gone()));
  wire::Intent intent;
  intent.set_id(id.value);
  intent.mutable_request()->set_method("POST");
  ASSERT_TRUE(world.intents.accept(cluster, intent));
  ASSERT_TRUE(world.run(keeper.step(cluster)));
  EXPECT_TRUE(row("fresh"));
  ASSERT_TRUE(world.intents.cancel(id));
  // The mirror is not live without its gateway: what cannot be seen is not released.
  ASSERT_TRUE(world.run(keeper.step(cluster)));
  if (!world.mirror.freshness(cluster, "namespaces").live) {
    EXPECT_TRUE(row("fresh"));
  } else {
    EXPECT_FALSE(row("fresh"));
  }
}

TEST_F(QuotaKeeperTest, NamespacesMadePastUsAreTakenInWithNothingOfABudget) {
  ASSERT_TRUE(step());
  ASSERT_TRUE(row("own")) << "there before it was counted";
  ASSERT_FALSE(row("default")) << "of no project";
  const auto of = "/projects/" + shop.id.value + "/budget";
  const auto refused = send("dan", "PUT", of, version(0, "budget", R"({"pods":5})"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.text().find("namespace own of project shop has no figure for pods"),
            std::string::npos)
      << refused.text();
  ASSERT_EQ(edit("dan", "own", 1, R"({"pods":2})").status, 200);
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":5})", 0);
  boost::json::object labels{{kProjectLabel, shop.id.value}};
  api.objects["/api/v1/namespaces/by-kubectl"] = {
      {"metadata", boost::json::object{{"labels", labels}}}};
  EXPECT_FALSE(*step());
  EXPECT_EQ(api.quota_of("by-kubectl").at("spec").at("hard").at("pods").as_string(), "0");
  EXPECT_EQ(edit("dan", "by-kubectl", 1, R"({"pods":4})").status, 429);
  EXPECT_EQ(edit("dan", "by-kubectl", 1, R"({"pods":3})").status, 200);
  EXPECT_TRUE(*step());
}

TEST_F(QuotaKeeperTest, ARowFollowsALabelThatSomebodyChanged) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":3})").status, 201);
  ASSERT_TRUE(step());
  api.objects["/api/v1/namespaces/fresh"].at("metadata").at("labels").as_object()[kProjectLabel] =
      rockets.id.value;
  ASSERT_TRUE(step());
  EXPECT_EQ(given(shop, "pods"), 3) << "it may be a move of ours that is under way";
  world.clock.advance(quotas::kLabelGrace + std::chrono::seconds{1});
  ASSERT_TRUE(step());
  EXPECT_EQ(given(shop, "pods"), 0);
  EXPECT_EQ(given(rockets, "pods"), 3);
}

TEST_F(QuotaKeeperTest, RowsOfAClusterThatIsNoMoreAreForgotten) {
  world.quotas.adopt({{"gone"}, "a"}, shop);
  world.quotas.adopt({cluster, "own"}, shop);
  keeper.forget_clusters();
  EXPECT_TRUE(row("own"));
  EXPECT_FALSE(world.quotas.find({{"gone"}, "a"}));
}

}  // namespace
}  // namespace slipway::http
