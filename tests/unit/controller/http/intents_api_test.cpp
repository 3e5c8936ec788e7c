// SPDX-License-Identifier: Apache-2.0
// Lists of intents, giving up, asking again and taking back.
#include "controller/http/manifest_undo.hpp"
#include "protocol/manifest/written.hpp"
#include "protocol/pki/pki.hpp"
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

constexpr auto kTwo = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: own}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: own}
)";

class IntentsApiTest : public PlayedClusterTest {
 public:
  net::HttpResponse apply(const char* who) {
    auto request = as(who, "POST", "/api/v1/clusters/demo/manifests", kTwo);
    request.headers.set("Content-Type", "application/yaml");
    return world.send(std::move(request));
  }
  void cut_off() {
    agent->drop();
    ASSERT_TRUE(world.run([](auto& test) -> base::Task<bool> {
      co_return co_await fakes::until(
          [&] { return !test.world.links.facts(test.master).connected; });
    }(*this)));
  }
  /// The first object was made or changed, the second one refused.
  void half_fails(const std::string& action, const std::string& before = {}) {
    statuses = {422};
    more = [=](wire::IntentOutcome& outcome) {
      if (!outcome.ok() && outcome.objects().empty()) {
        auto& first = *outcome.add_objects();
        first.set_kind("ConfigMap");
        first.set_name("a");
        first.set_ok(true);
        first.set_action(action);
        auto& undo = *first.mutable_undo();
        undo.set_path("/api/v1/namespaces/own/configmaps/a");
        undo.set_uid("u1");
        undo.set_resource_version("5");
        undo.set_before(before);
        auto& second = *outcome.add_objects();
        second.set_kind("Deployment");
        second.set_name("b");
        second.set_http_status(422);
      }
    };
  }
  static std::string there(const std::string& version, const std::string& uid = "u1") {
    return R"({"metadata":{"name":"a","uid":")" + uid + R"(","resourceVersion":")" + version +
           "\"}}";
  }
  std::string of(const net::HttpResponse& response) {
    return "/clusters/demo/intents/" + text_of(body_of(response), "intent");
  }
};

TEST_F(IntentsApiTest, EverybodySeesTheirOwnAndAdministratorsAll) {
  ASSERT_EQ(apply("ann").status, 200);
  ASSERT_EQ(apply("admin").status, 200);
  EXPECT_EQ(listed("admin", "/clusters/demo/intents", "by").size(), 2U);
  EXPECT_EQ(listed("admin", "/clusters/demo/intents?search=DEPLOY", "by").size(), 2U);
  EXPECT_TRUE(listed("admin", "/clusters/demo/intents?search=frobnicate", "by").empty());
  const auto own = body_of(get("ann", "/clusters/demo/intents")).at("items").as_array();
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].at("by"), "ann");
  EXPECT_EQ(own[0].at("summary"), "apply 2 objects: ConfigMap a, Deployment b");
  EXPECT_EQ(own[0].at("state"), "done");
  const auto id = "/clusters/demo/intents/" + std::string(own[0].at("intent").as_string());
  EXPECT_EQ(get("ann", id).status, 200);
  EXPECT_EQ(get("max", id).status, 404);
  EXPECT_EQ(get("dan", id).status, 404);
}

TEST_F(IntentsApiTest, ATokenThatIsLimitedToAProjectSeesNone) {
  ASSERT_EQ(apply("ann").status, 200);
  const access::TokenScope scope{.project = shop.id, .department = sales.id};
  tokens["ann"] =
      world.accounts.tokens().add(users["ann"].id, "ci", std::chrono::hours(1), scope)->text;
  EXPECT_EQ(get("ann", "/clusters/demo/intents").status, 403);
}

TEST_F(IntentsApiTest, AnActThatWouldBeRealIsNotTakenForATrial) {
  const auto done = apply("ann");
  for (const auto* what : {"/retry?dryRun=true", "/undo?dryRun=true"}) {
    EXPECT_EQ(text_of(body_of(send("ann", "POST", of(done) + what)), "field"), "dryRun");
  }
}

TEST_F(IntentsApiTest, AChangeOfOneObjectNamesIt) {
  const auto made = send("ann", "POST", "/clusters/demo/namespaces/own/objects/configmaps",
                         R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}})");
  ASSERT_EQ(made.status, 201) << made.text();
  const std::string id(made.headers.get("X-Slipway-Intent"));
  const auto read = body_of(get("ann", "/clusters/demo/intents/" + id));
  EXPECT_EQ(read.at("summary"), "create ConfigMap c in own");
  const auto& object = read.at("objects").as_array().at(0).as_object();
  EXPECT_EQ(text_of(object, "kind"), "ConfigMap");
  EXPECT_EQ(text_of(object, "namespace"), "own");
  EXPECT_EQ(text_of(object, "name"), "c");
  EXPECT_EQ(text_of(object, "action"), "created");
  const auto tried =
      send("ann", "POST", "/clusters/demo/namespaces/own/objects/configmaps?dryRun=true",
           R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}})");
  ASSERT_EQ(tried.status, 200) << tried.text();
  EXPECT_TRUE(listed("ann", "/clusters/demo/intents", "summary")
                  .contains("try to create ConfigMap d in own"));
}

TEST_F(IntentsApiTest, APageGoesOnWhereTheLastOneEnded) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(apply("ann").status, 200);
  const auto first = body_of(get("ann", "/clusters/demo/intents?limit=2"));
  EXPECT_EQ(first.at("items").as_array().size(), 2U);
  const auto rest = body_of(get("ann", "/clusters/demo/intents?limit=2&cursor=" +
                                           std::string(first.at("nextCursor").as_string())));
  EXPECT_EQ(rest.at("items").as_array().size(), 1U);
  EXPECT_FALSE(rest.contains("nextCursor"));
  EXPECT_EQ(get("ann", "/clusters/demo/intents?cursor=x").status, 422);
}

TEST_F(IntentsApiTest, WhatWaitsIsListedAndGivenUp) {
  cut_off();
  const auto waits = apply("ann");
  ASSERT_EQ(waits.status, 202);
  EXPECT_EQ(listed("ann", "/clusters/demo/intents?waiting=true", "state"),
            std::set<std::string>{"waiting"});
  EXPECT_EQ(send("ann", "POST", of(waits) + "/retry").status, 409) << "it goes by itself";
  const auto given_up = send("ann", "DELETE", of(waits));
  ASSERT_EQ(given_up.status, 200) << given_up.text();
  EXPECT_EQ(text_of(body_of(given_up), "state"), "cancelled");
  EXPECT_TRUE(listed("ann", "/clusters/demo/intents?waiting=true", "state").empty());
  EXPECT_EQ(send("ann", "POST", of(waits) + "/retry").status, 202);
  EXPECT_EQ(send("ray", "DELETE", of(waits)).status, 403);
}

TEST_F(IntentsApiTest, WhatWasRefusedIsAskedAgainInTheCallersName) {
  statuses = {422};
  const auto refused = apply("ann");
  EXPECT_EQ(refused.status, 400) << refused.text();
  const auto id = std::string(
      body_of(get("ann", "/clusters/demo/intents")).at("items").at(0).at("intent").as_string());
  const auto again = send("admin", "POST", "/clusters/demo/intents/" + id + "/retry");
  ASSERT_EQ(again.status, 200) << again.text();
  EXPECT_EQ(text_of(body_of(again), "by"), "admin");
  EXPECT_NE(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_NE(text_of(body_of(again), "intent"), id);
  EXPECT_EQ(send("admin", "POST", of(again) + "/retry").status, 409) << "it is done";
  EXPECT_EQ(send("admin", "DELETE", of(again)).status, 409);
}

TEST_F(IntentsApiTest, WhatWasMadeBeforeTheFailureIsTakenBack) {
  half_fails("created");
  const auto failed = apply("ann");
  ASSERT_EQ(failed.status, 200) << failed.text();
  EXPECT_EQ(body_of(failed).at("objects").at(0).at("canUndo"), true);
  objects["/api/v1/namespaces/own/configmaps/a"] = there("5");
  const auto undone = send("ann", "POST", of(failed) + "/undo");
  ASSERT_EQ(undone.status, 200) << undone.text();
  const auto body = body_of(undone);
  EXPECT_EQ(body.at("state"), "done");
  EXPECT_EQ(body.at("objects").at(0).at("action"), "deleted");
  EXPECT_EQ(body.at("objects").at(1).at("action"), "unchanged");
  EXPECT_EQ(last().request().method(), "DELETE");
  EXPECT_EQ(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_EQ(json::parse(last().request().body()).at_pointer("/preconditions/uid"), "u1");
  objects.clear();
  const auto again = body_of(send("ann", "POST", of(failed) + "/undo"));
  EXPECT_EQ(again.at("objects").at(0).at("action"), "unchanged") << "again is harmless";
}

TEST_F(IntentsApiTest, WhatWasChangedIsAsItWas) {
  half_fails("configured", R"({"metadata":{"name":"a","resourceVersion":"4"},"data":{"k":"old"}})");
  const auto failed = apply("ann");
  objects["/api/v1/namespaces/own/configmaps/a"] = there("5");
  const auto body = body_of(send("ann", "POST", of(failed) + "/undo"));
  EXPECT_EQ(body.at("objects").at(0).at("action"), "restored");
  EXPECT_EQ(last().request().method(), "PUT");
  EXPECT_EQ(last().request().body(),
            R"({"metadata":{"name":"a","resourceVersion":"5"},"data":{"k":"old"}})");
}

TEST_F(IntentsApiTest, WhatMovesWhileItIsTakenBackIsLookedAtAnew) {
  half_fails("created");
  const auto failed = apply("ann");
  more = nullptr;
  objects["/api/v1/namespaces/own/configmaps/a"] = there("5");
  statuses = {422, 409, 409, 200};
  const auto undone = body_of(send("ann", "POST", of(failed) + "/undo"));
  EXPECT_EQ(undone.at("objects").at(0).at("action"), "deleted");
  EXPECT_EQ(agent->intents().size(), 4U);
  statuses.assign(20, 409);
  const auto never = body_of(send("ann", "POST", of(failed) + "/undo"));
  EXPECT_EQ(never.at("objects").at(0).at("status"), 409);
  EXPECT_EQ(agent->intents().size(), 8U) << "and not for ever";
}

TEST_F(IntentsApiTest, WithoutAPlaceNothingIsTakenBackAndTheOthersAre) {
  half_fails("created");
  const auto words = more;
  more = [words](wire::IntentOutcome& outcome) {
    words(outcome);
    if (!outcome.ok()) outcome.mutable_objects(0)->mutable_undo()->clear_path();
  };
  const auto failed = apply("ann");
  const auto body = body_of(send("ann", "POST", of(failed) + "/undo"));
  EXPECT_EQ(body.at("objects").at(0).at("status"), 409);
  EXPECT_EQ(body.at("state"), "failed");
}

TEST_F(IntentsApiTest, WhatSomebodyChangedSinceIsLeftAlone) {
  half_fails("created");
  const auto failed = apply("ann");
  const auto count = agent->intents().size();
  for (const auto& now : {there("6"), there("5", "u2")}) {
    objects["/api/v1/namespaces/own/configmaps/a"] = now;
    const auto body = body_of(send("ann", "POST", of(failed) + "/undo"));
    EXPECT_EQ(body.at("state"), "failed");
    EXPECT_EQ(body.at("objects").at(0).at("status"), 409);
    EXPECT_TRUE(std::string(body.at("objects").at(0).at("message").as_string()).contains("since"));
  }
  EXPECT_EQ(agent->intents().size(), count);
  EXPECT_EQ(send("ann", "POST", of(apply("ann")) + "/undo").status, 409) << "it did not fail";
}

TEST(ManifestUndo, AStatusOfItsOwnIsNoChange) {
  wire::ObjectOutcome outcome;
  outcome.set_action("created");
  outcome.mutable_undo()->set_uid("u");
  outcome.mutable_undo()->set_generation(2);
  outcome.mutable_undo()->set_resource_version("5");
  const auto now = [](int generation) {
    return json::object{
        {"metadata",
         json::object{{"uid", "u"}, {"generation", generation}, {"resourceVersion", "77"}}}};
  };
  ASSERT_TRUE(undo_step(outcome, now(2)));
  EXPECT_EQ(undo_step(outcome, now(2))->method, "DELETE");
  EXPECT_FALSE(undo_step(outcome, now(3)));
  outcome.set_kind("Namespace");
  EXPECT_TRUE(undo_step(outcome, now(2)).error().contains("others may have put things into it"));
  outcome.clear_kind();
  outcome.set_action("configured");
  EXPECT_TRUE(undo_step(outcome, now(2)).error().contains("was not kept"));
  EXPECT_EQ(undo_step(outcome, std::nullopt).error(), "it was deleted since");
}

TEST(ManifestUndo, WhatNoGenerationTellsOfIsAChangeToo) {
  wire::ObjectOutcome outcome;
  outcome.set_action("created");
  auto& undo = *outcome.mutable_undo();
  undo.set_uid("u");
  undo.set_generation(2);
  undo.set_resource_version("5");
  const auto now = [](const std::string& version, const std::string& more = {}) {
    return json::parse(R"({"kind":"Deployment","metadata":{"uid":"u","generation":2,)"
                       R"("resourceVersion":")" +
                       version + "\"" + more + R"(},"spec":{"replicas":2}})")
        .as_object();
  };
  undo.set_digest(pki::sha256_hex(manifest::written_text(now("5"))));
  EXPECT_TRUE(undo_step(outcome, now("5"))) << "nothing was written since";
  EXPECT_TRUE(undo_step(outcome, now("6"))) << "its status was";
  EXPECT_TRUE(
      undo_step(outcome, now("6", R"(,"annotations":{"deployment.kubernetes.io/revision":"1"})")))
      << "Kubernetes noted something";
  for (const char* more : {R"(,"labels":{"a":"b"})", R"(,"annotations":{"a":"b"})",
                           R"(,"finalizers":["a/b"])", R"(,"ownerReferences":[{"uid":"x"}])"}) {
    const auto step = undo_step(outcome, now("6", more));
    ASSERT_FALSE(step) << more;
    EXPECT_EQ(step.error(),
              "it was changed since by somebody else: look at it before you take it back");
  }
  undo.clear_digest();
  EXPECT_TRUE(undo_step(outcome, now("6", R"(,"labels":{"a":"b"})"))) << "an older agent's";
}

TEST(ManifestUndo, WithoutAGenerationAStatusIsNoChangeEither) {
  wire::ObjectOutcome outcome;
  outcome.set_action("configured");
  auto& undo = *outcome.mutable_undo();
  undo.set_uid("u");
  undo.set_resource_version("5");
  undo.set_digest(pki::sha256_hex(
      manifest::written_text(json::parse(R"({"metadata":{"uid":"u"},"data":{}})").as_object())));
  const std::string nested = std::string(60, '[') + std::string(60, ']');
  undo.set_before(R"({"metadata":{},"data":)" + nested + "}");
  const auto step = undo_step(
      outcome, json::parse(R"({"metadata":{"uid":"u","resourceVersion":"9"},"data":{},"status":1})")
                   .as_object());
  ASSERT_TRUE(step) << step.error();
  EXPECT_EQ(step->method, "PUT") << "however deep it is";
}

}  // namespace
}  // namespace slipway::http
