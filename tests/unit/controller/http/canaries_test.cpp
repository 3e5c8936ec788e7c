// SPDX-License-Identifier: Apache-2.0
// Grey releases, with an agent that answers for the cluster.
#include "controller/canary_keeper.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr char kStable[] = "/apis/apps/v1/namespaces/own/deployments/web";
constexpr char kCanary[] = "/apis/apps/v1/namespaces/own/deployments/web-canary";

class CanariesTest : public PlayedClusterTest {
 public:
  CanariesTest() { objects[kStable] = deployment("web", "shop:1", "{}"); }

  static std::string deployment(const std::string& name, const std::string& image,
                                const std::string& labels, const std::string& mark = {}) {
    return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"uid":"uid-)" + name +
           R"(","name":")" + name + R"(","resourceVersion":"7","labels":)" + labels +
           R"(},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},
           "template":{"metadata":{"labels":{"app":"web")" +
           mark + R"(}},"spec":{"containers":[{"name":"main","image":")" + image +
           R"("}]}}},"status":{"readyReplicas":3,"updatedReplicas":3,"availableReplicas":2}})";
  }
  void stand_canary(const std::string& phase = {}) {
    objects[kCanary] =
        deployment("web-canary", "shop:2", R"({"slipway.io/canary-of":"web")" + phase + "}",
                   R"(,"slipway.io/canary-of":"web")");
  }
  net::HttpResponse ask(const char* who, const char* method, const std::string& more = {},
                        const std::string& body = {}) {
    return send(who, method, "/clusters/demo/namespaces/own/canaries/web" + more, body);
  }
};

TEST_F(CanariesTest, IsStartedInTheCallersName) {
  const auto made = ask("ann", "POST", "", R"({"replicas":2,"images":{"main":"shop:2"}})");
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_EQ(last().request().method(), "POST");
  EXPECT_THAT(last().request().path(), HasSubstr("/apis/apps/v1/namespaces/own/deployments?"));
  EXPECT_THAT(last().request().body(), HasSubstr(R"("name":"web-canary")"));
  const auto body = body_of(made);
  EXPECT_EQ(text_of(body, "phase"), "running");
  EXPECT_EQ(body.at("canary").at("desired"), 2);
  EXPECT_THAT(json::serialize(body.at("changes")), HasSubstr(R"("to":"\"shop:2\"")"));
}

TEST_F(CanariesTest, BothSidesAreShown) {
  auto body = body_of(ask("ray", "GET"));
  EXPECT_EQ(text_of(body, "phase"), "none");
  EXPECT_FALSE(body.contains("canary"));
  stand_canary();
  body = body_of(ask("ray", "GET"));
  EXPECT_EQ(text_of(body, "phase"), "running");
  EXPECT_EQ(body.at("deployment").at("available"), 2);
  EXPECT_EQ(json::serialize(body.at("canary").at("images")), R"(["shop:2"])");
  stand_canary(R"(,"slipway.io/canary-phase":"promoting")");
  EXPECT_EQ(text_of(body_of(ask("ray", "GET")), "phase"), "promoting");
  objects[kCanary] = deployment("web-canary", "shop:2", R"({"slipway.io/canary-of":"other"})");
  EXPECT_EQ(text_of(body_of(ask("ray", "GET")), "phase"), "none") << "another's";
}

TEST_F(CanariesTest, IsPromotedFirstTheDeploymentThenTheMark) {
  stand_canary();
  const auto done = ask("ann", "POST", "/promote");
  ASSERT_EQ(done.status, 200) << done.text();
  ASSERT_EQ(agent->intents().size(), 2U);
  const auto first = agent->intents()[0].tenant().request();
  EXPECT_EQ(first.path(), std::string(kStable) + "?fieldManager=slipway");
  EXPECT_EQ(first.content_type(), "application/json-patch+json");
  EXPECT_THAT(first.body(), HasSubstr("shop:2"));
  EXPECT_EQ(last().request().path(), std::string(kCanary) + "?fieldManager=slipway");
  EXPECT_THAT(last().request().body(), HasSubstr("promoting"));
}

TEST_F(CanariesTest, IsNotMarkedWhereTheDeploymentWasNotChanged) {
  stand_canary();
  statuses = {403};
  const auto refused = ask("ann", "POST", "/promote");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(body_of(refused), "detail"), "the API server's words");
  EXPECT_EQ(agent->intents().size(), 1U);
}

TEST_F(CanariesTest, ADeploymentThatWasChangedSinceIsOverwrittenByForceAlone) {
  ASSERT_EQ(ask("ann", "POST", "", R"({"images":{"main":"shop:2"}})").status, 201);
  objects[kCanary] = last().request().body();
  EXPECT_EQ(body_of(ask("ray", "GET")).at("promotion").at("allowed"), true);
  objects[kStable] = deployment("web", "shop:1.1", "{}");
  const auto seen = body_of(ask("ray", "GET")).at("promotion");
  EXPECT_EQ(seen.at("allowed"), false);
  EXPECT_EQ(seen.at("rule"), "changed");
  EXPECT_EQ(seen.at("field"), "force");
  const auto refused = ask("ann", "POST", "/promote");
  EXPECT_EQ(refused.status, 409) << refused.text();
  EXPECT_EQ(text_of(body_of(refused), "rule"), "changed");
  EXPECT_EQ(ask("ann", "POST", "/promote?force=yes").status, 422);
  EXPECT_EQ(agent->intents().size(), 1U);
  ASSERT_EQ(ask("ann", "POST", "/promote?force=true").status, 200);
  EXPECT_EQ(agent->intents().size(), 3U);
}

TEST_F(CanariesTest, WhatMovedBetweenALookAndAWriteIsLookedAtAnew) {
  stand_canary();
  statuses = {409, 200, 409};
  const auto done = ask("ann", "POST", "/promote");
  ASSERT_EQ(done.status, 200) << done.text();
  EXPECT_EQ(agent->intents().size(), 5U);
  EXPECT_THAT(last().request().body(), HasSubstr(R"("resourceVersion":"7")"));
  statuses = std::vector<int>(20, 409);
  EXPECT_EQ(ask("ann", "POST", "/promote").status, 409);
  EXPECT_EQ(agent->intents().size(), 9U) << "and not for ever";
}

TEST_F(CanariesTest, IsWithdrawn) {
  EXPECT_EQ(ask("ann", "DELETE").status, 404);
  stand_canary();
  ASSERT_EQ(ask("ann", "DELETE").status, 200);
  EXPECT_EQ(last().request().method(), "DELETE");
  EXPECT_EQ(last().request().path(), std::string(kCanary) + "?fieldManager=slipway");
  EXPECT_THAT(last().request().body(), HasSubstr("uid-web-canary"));
}

TEST_F(CanariesTest, WhatIsWrongIsRefusedByName) {
  const std::tuple<const char*, int, const char*> cases[] = {
      {R"({"replicas":0,"images":{"main":"x"}})", 422, R"("field":"replicas")"},
      {R"({"images":{"main":7}})", 422, R"("field":"images.main")"},
      {R"({"images":7})", 422, R"("field":"images")"},
      {R"({"template":4702111234474983745})", 422, R"("field":"template")"},
      {R"({"template":"x"})", 422, R"("field":"template")"},
      {R"({"images":{"none":"x"}})", 422, R"("rule":"container")"},
      {R"({})", 422, R"("rule":"present")"},
      {R"({"images":{"main":"x"},"weight":5})", 422, R"("field":"weight")"},
      {R"({"images":{"main":"x"},"resourceVersion":"6"})", 409, R"("rule":"changed")"},
  };
  for (const auto& [body, status, words] : cases) {
    const auto refused = ask("ann", "POST", "", body);
    EXPECT_EQ(refused.status, status) << body << refused.text();
    EXPECT_THAT(refused.text(), HasSubstr(words)) << body;
  }
  stand_canary();
  const auto again = ask("ann", "POST", "", R"({"images":{"main":"x"}})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(text_of(body_of(again), "rule"), "canary");
  EXPECT_TRUE(agent->intents().empty());
  EXPECT_EQ(ask("ann", "POST", "/promote").status, 200);
  EXPECT_EQ(send("ann", "GET", "/clusters/demo/namespaces/own/canaries/none", "").status, 404);
}

/// The keeper, with Deployments as the mirror has them.
class CanaryKeeperTest : public CanariesTest {
 public:
  static wire::MirrorRow row(const std::string& name, std::uint32_t updated,
                             std::map<std::string, std::string> labels = {}) {
    wire::MirrorRow made;
    made.mutable_meta()->set_uid("uid-" + name);
    made.mutable_meta()->set_name(name);
    made.mutable_meta()->set_pod_namespace("own");
    for (const auto& [key, value] : labels) (*made.mutable_meta()->mutable_labels())[key] = value;
    auto& workload = *made.mutable_workload();
    workload.set_desired(2);
    workload.set_ready(2);
    workload.set_pods(2);
    workload.set_updated(updated);
    return made;
  }
  base::Task<bool> mirror_deployments(std::vector<wire::MirrorRow> rows) {
    if (!deployments) {
      wire::StreamOpen what;
      what.mutable_mirror()->set_cluster_id(cluster.value);
      deployments = agent->link->open(std::move(what), false).value();
    }
    rows.push_back(row("round-" + std::to_string(++rounds), 2));
    const auto newest = rows.back().meta().name();
    (void)co_await deployments->write(
        mirror::framed(mirror::batch(rows, true, true, "deployments")));
    co_return co_await fakes::until(
        [&] { return world.mirror.find(cluster, "deployments", "own", newest).has_value(); });
  }
  /// How many things the keeper asked of the cluster.
  std::size_t kept(std::uint32_t updated, std::map<std::string, std::string> labels) {
    EXPECT_TRUE(world.run(mirror_deployments({row("web", updated), row("web-canary", 2, labels)})));
    const auto before = agent->intents().size();
    EXPECT_TRUE(world.run(keeper.step(cluster)));
    return agent->intents().size() - before;
  }

  link::StreamPtr deployments;
  int rounds = 0;
  controller::CanaryKeeper keeper{world.io.get_executor(), world.services};
};

TEST_F(CanaryKeeperTest, APromotedCanaryGoesOnceItsDeploymentIsRolledOut) {
  std::map<std::string, std::string> labels{{"slipway.io/canary-of", "web"}};
  EXPECT_EQ(kept(2, labels), 0U) << "it was not promoted";
  labels["slipway.io/canary-phase"] = "promoting";
  EXPECT_EQ(kept(1, labels), 0U) << "an old pod is left";
  EXPECT_EQ(kept(2, labels), 1U);
  const auto request = agent->intents().back().request();
  EXPECT_EQ(request.method(), "DELETE");
  EXPECT_EQ(request.path(), kCanary);
  EXPECT_THAT(request.body(), HasSubstr(R"("uid":"uid-web-canary")"));
  EXPECT_TRUE(world.run(mirror_deployments({row("web", 2), row("copied", 2, labels)})));
  const auto before = agent->intents().size();
  EXPECT_TRUE(world.run(keeper.step(cluster)));
  EXPECT_EQ(agent->intents().size(), before) << "a copy of its manifest stays";
  labels["slipway.io/canary-of"] = "nobody";
  EXPECT_EQ(kept(2, labels), 0U);
}

TEST_F(CanaryKeeperTest, ARefusalIsSaidAndTriedAgain) {
  statuses = {403};
  EXPECT_TRUE(world.run(mirror_deployments(
      {row("web", 2),
       row("web-canary", 2,
           {{"slipway.io/canary-of", "web"}, {"slipway.io/canary-phase", "promoting"}})})));
  const auto failed = world.run(keeper.step(cluster));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "the API server's words");
  EXPECT_FALSE(*world.run(keeper.step(cluster))) << "it is done now";
}

}  // namespace
}  // namespace slipway::http
