// SPDX-License-Identifier: Apache-2.0
// Applications through the API, with an agent that answers for the cluster.
#include <gmock/gmock.h>

#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr char kOfShop[] = R"({"app.kubernetes.io/name":"shop"})";
constexpr char kIn[] = "/clusters/demo/namespaces/own/applications";

class ApplicationsTest : public PlayedClusterTest {
 public:
  ApplicationsTest() {
    objects["/apis/app.k8s.io/v1beta1/namespaces/own/applications/shop"] = application();
    objects["/apis/apps/v1/namespaces/own/deployments/web"] = object("web", kOfShop);
    objects["/apis/apps/v1/namespaces/own/statefulsets/db"] = object("db", kOfShop);
    EXPECT_TRUE(world.run(tell_all(*this)));
  }

  static std::string object(const std::string& name, const std::string& labels, int replicas = 2) {
    return R"({"metadata":{"uid":"u-)" + name + R"(","name":")" + name +
           R"(","resourceVersion":"7","labels":)" + labels + R"(},"spec":{"replicas":)" +
           std::to_string(replicas) + "}}";
  }
  static std::string application() { return object("shop", "{}"); }

  static wire::MirrorRow row(const std::string& name, const std::string& application,
                             const std::string& in = "own") {
    wire::MirrorRow made;
    made.mutable_meta()->set_uid(in + name + application);
    made.mutable_meta()->set_name(name);
    made.mutable_meta()->set_pod_namespace(in);
    made.mutable_meta()->set_resource_version("7");
    if (!application.empty()) {
      (*made.mutable_meta()->mutable_labels())["app.kubernetes.io/name"] = application;
    }
    return made;
  }
  static wire::MirrorRow workload(const std::string& name, const std::string& application,
                                  std::uint32_t ready = 1) {
    auto made = row(name, application);
    auto& of = *made.mutable_workload();
    of.set_desired(1);
    of.set_pods(1);
    of.set_updated(1);
    of.set_ready(ready);
    of.add_images("a:1");
    (*of.mutable_pod_labels())["app"] = name;
    return made;
  }
  static wire::MirrorRow stopped(const std::string& name, const std::string& application) {
    auto made = row(name, application);
    made.mutable_workload()->set_stopped(true);
    return made;
  }
  static wire::MirrorRow described(const std::string& name, const std::string& in,
                                   const std::string& words) {
    auto made = row(name, name, in);
    made.mutable_application()->set_description(words);
    made.mutable_application()->set_status("running");  // nobody believes an agent that says so
    return made;
  }

  /// shop: a running Deployment and a StatefulSet that is not ready; idle: nothing; far: another's.
  static base::Task<bool> tell_all(ApplicationsTest& test) {
    auto service = row("web", "");
    (*service.mutable_service()->mutable_selector())["app"] = "web";
    auto ingress = row("front", "");
    ingress.mutable_ingress()->add_paths()->set_service("web");
    auto job = row("once", "shop");
    job.mutable_job()->set_status(wire::JobRow::COMPLETE);
    auto run = row("tick-1", "shop");
    run.mutable_job();
    run.mutable_meta()->set_owner_kind("CronJob");
    co_return co_await test.tell("deployments", {workload("web", "shop")}) &&
        co_await test.tell("statefulsets", {workload("db", "shop", 0)}) &&
        co_await test.tell("daemonsets", {}) && co_await test.tell("jobs", {job, run}) &&
        co_await test.tell("cronjobs", {}) && co_await test.tell("services", {service}) &&
        co_await test.tell("ingresses", {ingress}) &&
        co_await test.tell("applications",
                           {described("shop", "own", "sells things"), described("idle", "own", ""),
                            described("far", "foreign", "")});
  }

  json::object details(const std::string& name) {
    const auto answer = get("ann", std::string(kIn) + "/" + name);
    EXPECT_EQ(answer.status, 200) << answer.text();
    return body_of(answer);
  }
  net::HttpResponse act_on_many(const std::string& action, const std::string& name,
                                const std::string& more = "") {
    return send("ann", "POST", "/clusters/demo/application-actions",
                R"({"action":")" + action + R"(","applications":[{"namespace":"own","name":")" +
                    name + R"("}])" + more + "}");
  }
  net::HttpResponse associate(const std::string& action, const std::string& objects,
                              const std::string& more = "") {
    return send("ann", "POST", std::string(kIn) + "/shop/associations",
                R"({"action":")" + action + R"(","objects":)" + objects + more + "}");
  }
};

TEST_F(ApplicationsTest, AreListedWithTheStateThatTheirWorkloadsMake) {
  const auto body = body_of(get("ann", "/clusters/demo/applications?sort=name"));
  ASSERT_EQ(body.at("total"), 2) << "another's is not seen";
  const auto& shop = body.at("items").at(1);
  EXPECT_EQ(shop.at("description"), "sells things");
  EXPECT_EQ(shop.at("status"), "processing");
  EXPECT_EQ(json::serialize(shop.at("counts")),
            R"({"workloads":2,"jobs":1,"services":1,"ingresses":1})");
  EXPECT_EQ(body.at("items").at(0).at("status"), "none");
  EXPECT_EQ(listed("ann", "/clusters/demo/applications?status=none", "name"),
            (std::set<std::string>{"idle"}));
  EXPECT_EQ(listed("ann", "/clusters/demo/applications?search=SELLS", "name"),
            (std::set<std::string>{"shop"}));
  EXPECT_EQ(listed("admin", "/clusters/demo/applications?namespace=foreign", "name"),
            (std::set<std::string>{"far"}));
  const auto sorted =
      body_of(get("ann", "/clusters/demo/applications?sort=workloads&order=desc&limit=1"));
  EXPECT_EQ(sorted.at("items").at(0).at("name"), "shop");
  EXPECT_EQ(get("ann", "/clusters/demo/applications?status=odd").status, 422);
}

TEST_F(ApplicationsTest, DetailsSayWhatLeadsToWhat) {
  const auto shop = details("shop");
  EXPECT_EQ(shop.at("resourceVersion"), "7");
  ASSERT_EQ(shop.at("workloads").as_array().size(), 2U);
  const auto& web = shop.at("workloads").at(0);
  EXPECT_EQ(web.at("kind"), "Deployment");
  EXPECT_EQ(web.at("status"), "running");
  EXPECT_EQ(json::serialize(web.at("images")), R"(["a:1"])");
  EXPECT_EQ(json::serialize(web.at("services")), R"(["web"])");
  EXPECT_EQ(json::serialize(shop.at("services").at(0).at("selects")),
            R"([{"kind":"Deployment","name":"web","application":"shop"}])");
  EXPECT_EQ(json::serialize(shop.at("services").at(0).at("ingresses")), R"(["front"])");
  EXPECT_EQ(shop.at("ingresses").at(0).at("paths").at(0).at("service"), "web");
  EXPECT_EQ(shop.at("jobs").at(0).at("status"), "complete");
  EXPECT_TRUE(shop.contains("asOf"));
  EXPECT_EQ(get("ann", std::string(kIn) + "/none").status, 404);
}

TEST_F(ApplicationsTest, SayWhichActionsArePossibleAndWhyTheOthersAreNot) {
  const auto idle = details("idle").at("actions").as_object();
  EXPECT_TRUE(idle.at("delete").at("allowed").as_bool());
  for (const auto* action : {"start", "stop", "redeploy"}) {
    EXPECT_FALSE(idle.at(action).at("allowed").as_bool()) << action;
    EXPECT_EQ(idle.at(action).at("rule"), "empty");
  }
  ASSERT_TRUE(world.run(tell("deployments", {stopped("web", "shop")})));
  ASSERT_TRUE(world.run(tell("statefulsets", {})));
  const auto shop = details("shop");
  EXPECT_EQ(shop.at("status"), "stopped");
  EXPECT_TRUE(shop.at("actions").at("start").at("allowed").as_bool());
  EXPECT_EQ(shop.at("actions").at("stop").at("rule"), "stopped");
}

TEST_F(ApplicationsTest, AreMadeInTheCallersName) {
  const auto made = send("ann", "POST", kIn, R"({"name":"fresh","description":"new"})");
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_EQ(last().request().method(), "POST");
  EXPECT_EQ(last().request().path(),
            "/apis/app.k8s.io/v1beta1/namespaces/own/applications?fieldManager=slipway");
  EXPECT_THAT(last().request().body(), HasSubstr(R"("descriptor":{"description":"new"})"));
  EXPECT_EQ(send("ann", "POST", std::string(kIn) + "?dryRun=true", R"({"name":"a"})").status, 200);
  EXPECT_TRUE(last().request().path().ends_with("&dryRun=All"));
  statuses = {201, 200, 409};
  EXPECT_EQ(send("ann", "POST", kIn, R"({"name":"shop"})").status, 409);
  struct Case {
    const char* body;
    const char* field;
  };
  for (const auto& [body, field] :
       {Case{"{}", "name"}, Case{R"({"name":"Shop"})", "name"},
        Case{R"({"name":"a","labels":{"x":1}})", "labels.x"},
        Case{R"({"name":"a","labels":{"app.kubernetes.io/name":"b"}})", "labels"},
        Case{R"({"name":"a","colour":"red"})", "colour"}}) {
    const auto refused = send("ann", "POST", kIn, body);
    EXPECT_EQ(refused.status, 422) << body;
    EXPECT_EQ(text_of(body_of(refused), "field"), field) << body;
  }
}

TEST_F(ApplicationsTest, AnEditOfAnotherVersionIsAConflict) {
  const auto one = std::string(kIn) + "/shop";
  const auto late = send("ann", "PUT", one, R"({"description":"x","resourceVersion":"6"})");
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(text_of(body_of(late), "seen"), "6");
  EXPECT_EQ(text_of(body_of(late), "current"), "7");
  EXPECT_TRUE(agent->intents().empty());
  ASSERT_EQ(send("ann", "PUT", one, R"({"description":"x","resourceVersion":"7"})").status, 200);
  EXPECT_EQ(last().request().body(),
            R"({"spec":{"descriptor":{"description":"x"}},"metadata":{"resourceVersion":"7"}})");
}

TEST_F(ApplicationsTest, AreStoppedWorkloadByWorkload) {
  const auto done = act_on_many("stop", "shop");
  ASSERT_EQ(done.status, 200) << done.text();
  const auto body = body_of(done);
  EXPECT_TRUE(body.at("ok").as_bool()) << done.text();
  const auto& objects = body.at("applications").at(0).at("objects").as_array();
  ASSERT_EQ(objects.size(), 2U) << "jobs are not stopped";
  EXPECT_EQ(objects[0].at("name"), "web");
  EXPECT_EQ(objects[1].at("kind"), "StatefulSet");
  EXPECT_EQ(agent->intents().size(), 2U);
  EXPECT_EQ(audited("application.stop"), 1U);
  EXPECT_EQ(audited("workload.stop"), 2U);
}

TEST_F(ApplicationsTest, AWorkloadThatIsStoppedAlreadyIsNoFailure) {
  objects["/apis/apps/v1/namespaces/own/deployments/web"] = object("web", kOfShop, 0);
  const auto body = body_of(act_on_many("stop", "shop"));
  EXPECT_TRUE(body.at("ok").as_bool());
  EXPECT_TRUE(body.at("applications").at(0).at("objects").at(0).at("unchanged").as_bool());
  EXPECT_EQ(agent->intents().size(), 1U) << "the other one";
}

TEST_F(ApplicationsTest, TheRuleOfTheStateRefusesBeforeAnythingIsDone) {
  const auto idle = body_of(act_on_many("redeploy", "idle"));
  EXPECT_FALSE(idle.at("ok").as_bool());
  EXPECT_EQ(idle.at("applications").at(0).at("status"), 404) << "the API server has none";
  const auto start = body_of(act_on_many("start", "shop")).at("applications").at(0);
  EXPECT_EQ(start.at("status"), 409);
  EXPECT_EQ(start.at("rule"), "not-stopped");
  EXPECT_EQ(start.at("field"), "action");
  EXPECT_TRUE(agent->intents().empty());
  const auto foreign = body_of(send("ann", "POST", "/clusters/demo/application-actions",
                                    R"({"action":"stop","applications":[
                                    {"namespace":"foreign","name":"far"}]})"));
  EXPECT_EQ(foreign.at("applications").at(0).at("status"), 403);
}

TEST_F(ApplicationsTest, ADeletionMustSayWhatBecomesOfTheWorkloads) {
  const auto one = std::string(kIn) + "/shop";
  const auto silent = send("ann", "DELETE", one);
  EXPECT_EQ(silent.status, 422);
  EXPECT_EQ(text_of(body_of(silent), "field"), "workloads");
  EXPECT_EQ(act_on_many("delete", "shop").status, 422);
  EXPECT_EQ(act_on_many("stop", "shop", R"(,"workloads":"keep")").status, 422);
  ASSERT_EQ(send("ann", "DELETE", one + "?workloads=keep").status, 200);
  EXPECT_EQ(agent->intents().size(), 1U);
  EXPECT_THAT(last().request().path(), HasSubstr("/applications/shop"));
  EXPECT_EQ(send("ann", "DELETE", one + "?workloads=keep&resourceVersion=6").status, 409);
  for (const auto& dry : {one + "?workloads=keep&dryRun=true",
                          std::string("/clusters/demo/namespaces/own/workloads/deployments/web"
                                      "?dryRun=true")}) {
    ASSERT_EQ(send("ann", "DELETE", dry).status, 200);
    EXPECT_THAT(last().request().body(), HasSubstr(R"("dryRun":["All"])"))
        << "the API server reads either the query or the body: " << dry;
  }
}

TEST_F(ApplicationsTest, WhatGoesWithItGoesFirstAndAllOfItOrItStays) {
  objects["/apis/batch/v1/namespaces/own/jobs/once"] = object("once", kOfShop);
  objects["/version"] = R"({"minor":"20"})";
  const auto one = std::string(kIn) + "/shop?workloads=delete";
  const auto done = body_of(send("ann", "DELETE", one));
  EXPECT_TRUE(done.at("ok").as_bool()) << json::serialize(done);
  ASSERT_EQ(done.at("objects").as_array().size(), 4U);
  EXPECT_EQ(done.at("objects").at(3).at("kind"), "Application");
  statuses = std::vector<int>(4, 200);
  statuses.push_back(403);
  const auto half = body_of(send("ann", "DELETE", one));
  EXPECT_FALSE(half.at("ok").as_bool());
  EXPECT_EQ(half.at("objects").at(0).at("status"), 403);
  ASSERT_EQ(half.at("objects").as_array().size(), 3U) << "the application stays";
  EXPECT_THAT(text_of(half, "message"), HasSubstr("stays"));
}

TEST_F(ApplicationsTest, AWorkloadThatLeftMeanwhileIsLeftAlone) {
  objects["/apis/apps/v1/namespaces/own/statefulsets/db"] =
      object("db", R"({"app.kubernetes.io/name":"bank"})");
  objects["/apis/batch/v1/namespaces/own/jobs/once"] = object("once", "{}");
  const auto done = body_of(send("ann", "DELETE", std::string(kIn) + "/shop?workloads=delete"));
  EXPECT_TRUE(done.at("ok").as_bool()) << json::serialize(done);
  EXPECT_EQ(agent->intents().size(), 2U) << "the Deployment and the application";
  EXPECT_THAT(text_of(done.at("objects").at(1).as_object(), "message"),
              HasSubstr("no longer of application shop"));
}

TEST_F(ApplicationsTest, WorkloadsAreAssociatedEachWithItsOutcome) {
  objects["/apis/apps/v1/namespaces/own/deployments/web"] = object("web", "{}");
  objects["/apis/apps/v1/namespaces/own/statefulsets/db"] =
      object("db", R"({"app.kubernetes.io/name":"bank"})");
  const std::string both = R"([{"kind":"deployments","name":"web"},
                               {"kind":"statefulsets","name":"db"}])";
  const auto done = body_of(associate("associate", both));
  EXPECT_FALSE(done.at("ok").as_bool());
  EXPECT_TRUE(done.at("objects").at(0).at("ok").as_bool());
  EXPECT_EQ(last().request().body(),
            R"({"metadata":{"labels":{"app.kubernetes.io/name":"shop"},"resourceVersion":"7"}})");
  EXPECT_EQ(done.at("objects").at(1).at("rule"), "associated");
  EXPECT_EQ(done.at("objects").at(1).at("field"), "move");
  EXPECT_EQ(agent->intents().size(), 1U);
  EXPECT_TRUE(body_of(associate("associate", both, R"(,"move":true)")).at("ok").as_bool());
  const auto away = body_of(associate("dissociate", R"([{"kind":"deployments","name":"web"}])"));
  EXPECT_TRUE(away.at("objects").at(0).at("unchanged").as_bool()) << "it has no such label";
  const auto wrong = associate("associate", R"([{"kind":"pods","name":"web"}])");
  EXPECT_EQ(text_of(body_of(wrong), "field"), "objects[0].kind");
  EXPECT_EQ(associate("marry", both).status, 422);
  objects.erase("/apis/app.k8s.io/v1beta1/namespaces/own/applications/shop");
  EXPECT_EQ(associate("associate", both).status, 404);
}

TEST_F(ApplicationsTest, NothingIsDecidedByAMirrorThatIsNotFed) {
  auto fail = [](ApplicationsTest& test) -> base::Task<bool> {
    auto broken = mirror::batch({}, false, false, "daemonsets");
    broken.set_error("no longer");
    (void)co_await test.feed->write(mirror::framed(broken));
    co_return co_await fakes::until(
        [&] { return !test.world.mirror.freshness(test.cluster, "daemonsets").live; });
  };
  ASSERT_TRUE(world.run(fail(*this)));
  const auto stop = body_of(act_on_many("stop", "shop")).at("applications").at(0);
  EXPECT_EQ(stop.at("status"), 503);
  EXPECT_TRUE(agent->intents().empty());
}

}  // namespace
}  // namespace slipway::http
