// SPDX-License-Identifier: Apache-2.0
// Actions on workloads, with an agent that answers for the cluster.
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

class WorkloadsTest : public PlayedClusterTest {
 public:
  WorkloadsTest() { objects["/apis/apps/v1/namespaces/own/deployments/web"] = deployment("7"); }

  static std::string deployment(const std::string& version, int replicas = 2) {
    return R"({"metadata":{"uid":"u1","name":"web","resourceVersion":")" + version +
           R"("},"spec":{"replicas":)" + std::to_string(replicas) +
           R"(,"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[
           {"image":"a:2"}]}}}})";
  }

  net::HttpResponse act(const char* who, const std::string& what, const std::string& body = "{}") {
    return send(who, "POST", "/clusters/demo/namespaces/own/workloads/" + what, body);
  }
};

TEST_F(WorkloadsTest, AnActionIsReadAndDoneInTheCallersName) {
  const auto done = act("ann", "deployments/web/scale", R"({"replicas":3})");
  ASSERT_EQ(done.status, 200) << done.text();
  const auto me = "slipway:" + users["ann"].id.value;
  EXPECT_EQ(reader, me);
  EXPECT_EQ(last().who().user(), me);
  EXPECT_EQ(last().request().method(), "PATCH");
  EXPECT_EQ(last().request().path(),
            "/apis/apps/v1/namespaces/own/deployments/web?fieldManager=slipway");
  EXPECT_EQ(last().request().body(),
            R"({"spec":{"replicas":3},"metadata":{"resourceVersion":"7"}})");
  EXPECT_EQ(text_of(body_of(done), "resourceVersion"), "8");
}

TEST_F(WorkloadsTest, ADryRunSaysSo) {
  const auto done = act("ann", "deployments/web/stop", R"({"dryRun":true})");
  ASSERT_EQ(done.status, 200) << done.text();
  EXPECT_TRUE(last().request().path().ends_with("&dryRun=All"));
  EXPECT_TRUE(body_of(done).at("dryRun").as_bool());
  EXPECT_EQ(agent->intents().back().summary(), "try to stop Deployment web in own");
  const auto path = "/clusters/demo/namespaces/own/workloads/deployments/web";
  ASSERT_EQ(send("ann", "DELETE", std::string(path) + "?dryRun=true").status, 200);
  EXPECT_EQ(json::parse(last().request().body()).at("dryRun"), json::array{"All"});
  ASSERT_EQ(send("ann", "DELETE", path).status, 200);
  EXPECT_EQ(last().request().body().find("dryRun"), std::string::npos);
}

TEST_F(WorkloadsTest, WhatChangedMeanwhileIsLookedAtAgain) {
  statuses = {409, 409};
  before_answer = [this] {
    objects["/apis/apps/v1/namespaces/own/deployments/web"] = deployment("9", 5);
  };
  ASSERT_EQ(act("ann", "deployments/web/stop").status, 200);
  EXPECT_EQ(agent->intents().size(), 3U);
  EXPECT_NE(last().request().body().find(R"("slipway.io/stopped-replicas":"5")"), std::string::npos)
      << "the number that there was at last: " << last().request().body();
}

TEST_F(WorkloadsTest, ButNotForWhoNamedAVersion) {
  const auto early = act("ann", "deployments/web/stop", R"({"resourceVersion":"6"})");
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(text_of(body_of(early), "seen"), "6");
  EXPECT_EQ(text_of(body_of(early), "current"), "7");
  EXPECT_EQ(text_of(body_of(early), "rule"), "changed");
  EXPECT_TRUE(agent->intents().empty());
  statuses = {409};
  before_answer = [this] {
    objects["/apis/apps/v1/namespaces/own/deployments/web"] = deployment("9");
  };
  const auto late = act("ann", "deployments/web/stop", R"({"resourceVersion":"7"})");
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(text_of(body_of(late), "current"), "9");
  EXPECT_EQ(agent->intents().size(), 1U);
}

TEST_F(WorkloadsTest, TheApiServersRefusalIsInItsWords) {
  statuses = {403};
  const auto refused = act("ann", "deployments/web/stop");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(body_of(refused), "detail"), "the API server's words");
  EXPECT_EQ(act("ann", "deployments/none/stop").status, 404);
}

TEST_F(WorkloadsTest, AnAutoscalerOrAClaimOfOneNodeForbidsReplicas) {
  objects["/apis/apps/v1/namespaces/own/deployments/web"] =
      R"({"metadata":{"name":"web","resourceVersion":"7"},"spec":{"template":{"spec":{"volumes":[
      {"persistentVolumeClaim":{"claimName":"data"}}]}}}})";
  auto claim = mirror::pod("c", "data", "own");
  claim.mutable_claim()->add_access_modes("ReadWriteOnce");
  ASSERT_TRUE(world.run(tell("persistentvolumeclaims", {claim})));
  const auto body = R"({"replicas":2})";
  EXPECT_EQ(text_of(body_of(act("ann", "deployments/web/scale", body)), "rule"),
            "single-node-claim");
  auto scaler = mirror::pod("h", "auto", "own");
  scaler.mutable_autoscaler()->set_target_kind("Deployment");
  scaler.mutable_autoscaler()->set_target_name("web");
  ASSERT_TRUE(world.run(tell("horizontalpodautoscalers", {scaler})));
  EXPECT_EQ(text_of(body_of(act("ann", "deployments/web/scale", body)), "rule"), "autoscaled");
}

TEST_F(WorkloadsTest, CronJobsAreFoundInTheVersionThatServesThem) {
  const auto object = R"({"apiVersion":"batch/v1beta1","metadata":{"name":"tick"},"spec":{}})";
  objects["/apis/batch/v1"] = R"({"resources":[{"name":"jobs"}]})";
  objects["/apis/batch/v1beta1/namespaces/own/cronjobs/tick"] = object;
  const auto run = act("ann", "cronjobs/tick/run");
  ASSERT_EQ(run.status, 200) << run.text();
  EXPECT_EQ(last().request().path(), "/apis/batch/v1/namespaces/own/jobs?fieldManager=slipway");
  EXPECT_EQ(text_of(body_of(run), "made"), "made");
  objects["/apis/batch/v1"] = R"({"resources":[{"name":"jobs"},{"name":"cronjobs"}]})";
  EXPECT_EQ(act("ann", "cronjobs/tick/stop").status, 404) << "no longer there";
}

TEST_F(WorkloadsTest, ARollBackTakesTheTemplateOfTheRevision) {
  objects["/apis/apps/v1/namespaces/own/replicasets"] =
      R"({"items":[{"metadata":{"ownerReferences":[{"uid":"u1"}],"annotations":{
      "deployment.kubernetes.io/revision":"1"}},"spec":{"template":{"spec":{"containers":[
      {"image":"a:1"}]}}}}]})";
  const auto list = get("ray", "/clusters/demo/namespaces/own/workloads/deployments/web/revisions");
  ASSERT_EQ(list.status, 200) << list.text();
  EXPECT_EQ(asked.back(), "GET /apis/apps/v1/namespaces/own/replicasets?labelSelector=app%3Dweb");
  const auto listed_now = body_of(list);
  const auto& change = listed_now.at("items").at(0).at("changes").at(0);
  EXPECT_EQ(json::serialize(change),
            R"({"path":"spec.containers[0].image","from":"\"a:2\"","to":"\"a:1\""})");
  const auto none = act("ann", "deployments/web/rollback", R"({"revision":9})");
  EXPECT_EQ(none.status, 422);
  EXPECT_EQ(text_of(body_of(none), "field"), "revision");
  ASSERT_EQ(act("ann", "deployments/web/rollback", R"({"revision":1})").status, 200);
  EXPECT_NE(last().request().body().find(R"("image":"a:1")"), std::string::npos);
}

TEST_F(WorkloadsTest, OfManyEachHasItsOwnOutcomeAndRights) {
  const auto done = send("ann", "POST", "/clusters/demo/workload-actions", R"({"action":"stop",
    "objects":[{"kind":"deployments","namespace":"own","name":"web"},
               {"kind":"deployments","namespace":"foreign","name":"web"},
               {"kind":"jobs","namespace":"own","name":"once"}]})");
  ASSERT_EQ(done.status, 200) << done.text();
  const auto body = body_of(done);
  EXPECT_FALSE(body.at("ok").as_bool());
  const auto& objects = body.at("objects").as_array();
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_TRUE(objects[0].at("ok").as_bool());
  EXPECT_EQ(objects[1].at("status"), 403);
  EXPECT_EQ(objects[2].at("status"), 404);
  EXPECT_EQ(agent->intents().size(), 1U);
  EXPECT_EQ(audited("workload.stop"), 3U);
}

TEST_F(WorkloadsTest, WhatIsAskedWronglyIsNamed) {
  struct Case {
    const char* path;
    const char* body;
    int status;
    const char* field;
  };
  const Case cases[] = {
      {"deployments/web/scale", "{}", 422, "replicas"},
      {"deployments/web/scale", R"({"replicas":10001})", 422, "replicas"},
      {"deployments/web/scale", R"({"replicas":2.5})", 422, "replicas"},
      {"deployments/web/stop", R"({"replicas":1})", 422, "replicas"},
      {"deployments/web/rollback", R"({"revision":0})", 422, "revision"},
      {"deployments/web/dance", "{}", 404, "action"},
      {"gadgets/web/stop", "{}", 404, "kind"},
      {"deployments/We_b/stop", "{}", 404, "name"},
      {"deployments/web/stop", R"({"dryRun":"yes"})", 422, "dryRun"},
  };
  for (const auto& one : cases) {
    const auto answer = act("ann", one.path, one.body);
    EXPECT_EQ(answer.status, one.status) << one.path << one.body << answer.text();
    EXPECT_EQ(text_of(body_of(answer), "field"), one.field) << one.path << one.body;
  }
  for (const auto* body :
       {R"({"action":"stop"})", R"({"action":"stop","objects":[]})",
        R"({"action":"stop","objects":[{"kind":"x","namespace":"own","name":"a"}]})",
        R"({"action":"stop","objects":[7]})", R"({"action":"x","objects":[]})"}) {
    EXPECT_GE(send("ann", "POST", "/clusters/demo/workload-actions", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace slipway::http
