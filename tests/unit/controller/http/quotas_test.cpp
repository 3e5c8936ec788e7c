// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/controller/http/quotas.hpp"

namespace slipway::http {
namespace {

constexpr char kSpaces[] = "/clusters/demo/namespaces";

TEST_F(QuotasTest, WhoMadeANamespaceHasItAtOnce) {
  EXPECT_EQ(create("dan", "quick", R"({"pods":1})").status, 201);
  EXPECT_EQ(get("dan", "/clusters/demo/namespaces/quick").status, 200);
  EXPECT_EQ(ask_api(as("dan", "DELETE", "/api/v1/clusters/demo/namespaces/quick")).status, 200);
}

TEST_F(QuotasTest, ANamespaceIsMadeWithItsQuotaInTheNativeForm) {
  const auto made = create("dan", "fresh", R"({"cpu":"2","memory":"1.5Gi","pods":3,"secrets":4})");
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(api.order, (std::vector<std::string>{"POST namespaces", "POST limitranges",
                                                 "POST resourcequotas"}));
  const auto hard = api.quota_of("fresh").at("spec").at("hard").as_object();
  EXPECT_EQ(hard.at("requests.cpu").as_string(), "2");
  EXPECT_EQ(hard.at("limits.memory").as_string(), "1536Mi");
  EXPECT_EQ(hard.at("pods").as_string(), "3");
  EXPECT_EQ(hard.at("secrets").as_string(), "5") << "one is Kubernetes' own";
  EXPECT_FALSE(hard.contains("configmaps")) << "unlimited";
  const auto body = body_of(made);
  EXPECT_EQ(body.at("objects").as_array().size(), 3U);
  const auto& quota = body.at("quota").as_object();
  EXPECT_EQ(quota.at("resourceVersion").as_string(), "1");
  EXPECT_EQ(quota.at("hard").at("secrets").as_int64(), 4);
  EXPECT_EQ(quota.at("hard").at("memory").as_string(), "1536Mi");
  EXPECT_EQ(quota.at("ofKubernetes").at("secrets").as_int64(), 1);
  EXPECT_EQ(quota.at("containerDefaults").at("cpu").as_string(), "200m");
  EXPECT_EQ(create("dan", "fresh", "{}").status, 409);
}

TEST_F(QuotasTest, FiftyAtOnceNeverExceedTheBudget) {
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":100})", 0);
  std::vector<net::HttpRequest> requests;
  for (int i = 0; i < 50; ++i) {
    requests.push_back(creation("dan", "many-" + std::to_string(i), R"({"pods":3})"));
  }
  std::map<int, int> statuses;
  for (const auto& answer : all_at_once(std::move(requests))) ++statuses[answer.status];
  EXPECT_EQ(statuses, (std::map<int, int>{{201, 33}, {429, 17}}));
  EXPECT_EQ(given(shop, "pods"), 99);
  EXPECT_EQ(api.order.size(), 33U * 2) << "the cluster is not asked for what does not fit";
}

TEST_F(QuotasTest, WhatTheClusterRefusesIsGivenBack) {
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":100})", 0);
  api.refuse = "an admission webhook says no";
  std::vector<net::HttpRequest> requests;
  for (int i = 0; i < 50; ++i) {
    requests.push_back(creation("dan", "many-" + std::to_string(i), R"({"pods":2})"));
  }
  for (const auto& answer : all_at_once(std::move(requests))) {
    EXPECT_EQ(answer.status, 403) << answer.text();
    EXPECT_NE(answer.text().find(api.refuse), std::string::npos) << "in its own words";
  }
  EXPECT_EQ(given(shop, "pods"), 0);
  api.refuse.clear();
  EXPECT_EQ(create("dan", "fresh", R"({"pods":100})").status, 201);
}

TEST_F(QuotasTest, ARefusalSaysLevelResourceAskedLeftAndWhoCanRaiseIt) {
  set_budget("admin", "/departments/sales", R"({"cpu":"4","pods":9})", 0);
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":5})", 0);
  const auto refused = create("dan", "fresh", R"({"cpu":"4500m","pods":6})");
  ASSERT_EQ(refused.status, 429) << refused.text();
  const auto shortages = body_of(refused).at("shortages").as_array();
  ASSERT_EQ(shortages.size(), 2U);
  const auto& pods = shortages[0].as_object();
  EXPECT_EQ(text_of(pods, "level"), "project");
  EXPECT_EQ(text_of(pods, "name"), "shop");
  EXPECT_EQ(text_of(pods, "resource"), "pods");
  EXPECT_EQ(text_of(pods, "asked"), "6");
  EXPECT_EQ(text_of(pods, "left"), "5");
  EXPECT_EQ(text_of(pods, "whoCanRaise"), "administrators of department sales and administrators");
  const auto& cpu = shortages[1].as_object();
  EXPECT_EQ(text_of(cpu, "level"), "department");
  EXPECT_EQ(text_of(cpu, "asked"), "4500m");
  EXPECT_EQ(text_of(cpu, "left"), "4");
  EXPECT_EQ(text_of(cpu, "whoCanRaise"), "administrators");
  EXPECT_TRUE(api.order.empty());
}

TEST_F(QuotasTest, WhoSetsBudgetsIsOneLevelAbove) {
  const auto project = "/projects/" + shop.id.value + "/budget";
  const std::string body = R"({"resourceVersion":"0","budget":{"pods":5}})";
  EXPECT_EQ(send("dan", "PUT", "/departments/sales/budget", body).status, 403);
  EXPECT_EQ(send("ann", "PUT", project, body).status, 403);
  EXPECT_EQ(send("dan", "PUT", "/projects/" + rockets.id.value + "/budget", body).status, 403);
  EXPECT_EQ(send("dan", "PUT", project, body).status, 200);
  const auto read = body_of(get("ann", project));
  EXPECT_EQ(read.at("budget").at("pods").as_int64(), 5);
  EXPECT_EQ(read.at("left").at("pods").as_int64(), 5);
  EXPECT_EQ(text_of(read, "resourceVersion"), "1");
}

TEST_F(QuotasTest, ABudgetIsNotLoweredBelowWhatIsGivenAway) {
  const auto of = "/projects/" + shop.id.value;
  set_budget("dan", of, R"({"pods":10})", 0);
  ASSERT_EQ(create("dan", "fresh", R"({"pods":6})").status, 201);
  const auto low = send("dan", "PUT", of + "/budget", version(1, "budget", R"({"pods":5})"));
  EXPECT_EQ(low.status, 409);
  EXPECT_NE(low.text().find("has given away 6 pods"), std::string::npos) << low.text();
  EXPECT_EQ(body_of(low).at("shortages").at(0).at("given").as_string(), "6");
  const auto old = send("dan", "PUT", of + "/budget", version(0, "budget", R"({"pods":50})"));
  EXPECT_EQ(old.status, 409);
  const auto versions = body_of(old);
  EXPECT_EQ(text_of(versions, "seen"), "0");
  EXPECT_EQ(text_of(versions, "current"), "1");
  EXPECT_EQ(versions.at("present").at("budget").at("pods").as_int64(), 10);
}

TEST_F(QuotasTest, AnEditIsWeighedSentAndSettled) {
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":10})", 0);
  ASSERT_EQ(create("dan", "fresh", R"({"pods":6,"services":2})").status, 201);
  show_all();
  EXPECT_EQ(edit("dan", "fresh", 1, R"({"pods":11})").status, 429);
  const auto done = edit("dan", "fresh", 1, R"({"pods":4,"cpu":"1"})");
  ASSERT_EQ(done.status, 200) << done.text();
  const auto hard = api.quota_of("fresh").at("spec").at("hard").as_object();
  EXPECT_EQ(hard.at("pods").as_string(), "4");
  EXPECT_EQ(hard.at("limits.cpu").as_string(), "1");
  EXPECT_FALSE(hard.contains("services")) << "unlimited now";
  EXPECT_EQ(given(shop, "pods"), 4);
  const auto late = edit("dan", "fresh", 1, R"({"pods":5})");
  ASSERT_EQ(late.status, 409) << late.text();
  const auto versions = body_of(late);
  EXPECT_EQ(text_of(versions, "seen"), "1");
  EXPECT_EQ(text_of(versions, "current"), "2");
  EXPECT_EQ(versions.at("present").at("quota").at("hard").at("pods").as_int64(), 4);
  EXPECT_EQ(edit("ann", "fresh", 2, "{}").status, 403);
  EXPECT_EQ(edit("dan", "foreign", 0, "{}").status, 403);
}

TEST_F(QuotasTest, AnEditThatTheClusterRefusesIsPutBack) {
  ASSERT_EQ(create("dan", "fresh", R"({"pods":6})").status, 201);
  show_all();
  api.refuse = "no";
  EXPECT_EQ(edit("dan", "fresh", 1, R"({"pods":9})").status, 403);
  EXPECT_EQ(given(shop, "pods"), 6);
  EXPECT_EQ(text_of(quota_of("fresh"), "resourceVersion"), "3");
}

TEST_F(QuotasTest, ADryRunLeavesNothing) {
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":10})", 0);
  auto dry = creation("dan", "fresh", R"({"pods":6})");
  dry.target += "?dryRun=true";
  const auto answer = ask_api(dry);
  ASSERT_EQ(answer.status, 200) << answer.text();
  EXPECT_EQ(api.paths.back(), "/api/v1/namespaces?dryRun=All");
  EXPECT_EQ(given(shop, "pods"), 0);
  dry = creation("dan", "fresh", R"({"pods":11})");
  dry.target += "?dryRun=true";
  EXPECT_EQ(ask_api(dry).status, 429);
  ASSERT_EQ(create("dan", "fresh", R"({"pods":6})").status, 201);
  show_all();
  api.paths.clear();
  EXPECT_EQ(edit("dan", "fresh", 1, R"({"pods":9})", "?dryRun=true").status, 200);
  for (const auto& path : api.paths) EXPECT_TRUE(path.ends_with("dryRun=All")) << path;
  EXPECT_EQ(given(shop, "pods"), 6);
  EXPECT_EQ(text_of(quota_of("fresh"), "resourceVersion"), "1");
}

TEST_F(QuotasTest, UsedAndHardAreShown) {
  ASSERT_EQ(create("dan", "fresh", R"({"secrets":4,"cpu":"2"})").status, 201);
  show_all({{"secrets", "3"}, {"limits.cpu", "1500m"}, {"requests.cpu", "1500m"}});
  const auto quota = quota_of("fresh");
  EXPECT_EQ(quota.at("hard").at("secrets").as_int64(), 4);
  EXPECT_EQ(quota.at("used").at("secrets").as_int64(), 2);
  EXPECT_EQ(quota.at("used").at("cpu").as_string(), "1500m");
  EXPECT_TRUE(quota.at("inForce").as_bool());
  EXPECT_EQ(body_of(get("ann", std::string(kSpaces) + "/fresh")).at("project").at("name"), "shop");
  EXPECT_EQ(get("max", std::string(kSpaces) + "/fresh").status, 403);
  EXPECT_EQ(get("admin", std::string(kSpaces) + "/none").status, 404);
}

TEST_F(QuotasTest, ANamespaceMovesFromBudgetToBudget) {
  set_budget("admin", "/projects/" + shop.id.value, R"({"pods":10})", 0);
  set_budget("admin", "/projects/" + rockets.id.value, R"({"pods":5})", 0);
  ASSERT_EQ(create("dan", "fresh", R"({"pods":6})").status, 201);
  show_all();
  const auto to = [&](const std::string& project) {
    auto request = as("admin", "PUT", "/api/v1" + std::string(kSpaces) + "/fresh/project",
                      R"({"project":")" + project + "\"}");
    return ask_api(std::move(request));
  };
  EXPECT_EQ(to(rockets.id.value).status, 429);
  EXPECT_EQ(given(shop, "pods"), 6);
  ASSERT_EQ(edit("dan", "fresh", 1, R"({"pods":5})").status, 200);
  EXPECT_EQ(to(rockets.id.value).status, 200);
  EXPECT_EQ(given(shop, "pods"), 0);
  EXPECT_EQ(given(rockets, "pods"), 5);
  api.refuse = "no";
  EXPECT_EQ(to("").status, 403);
  EXPECT_EQ(given(rockets, "pods"), 5) << "it stayed";
}

TEST_F(QuotasTest, WhatIsWrongIsNamed) {
  struct Case {
    const char* quota;
    const char* field;
  };
  for (const auto& [quota, field] :
       std::initializer_list<Case>{{R"({"cpu":"1.5x"})", "quota.cpu"},
                                   {R"({"cpu":2})", "quota.cpu"},
                                   {R"({"cpu":"-1"})", "quota.cpu"},
                                   {R"({"cpu":"0.0001"})", "quota.cpu"},
                                   {R"({"memory":"99Ei"})", "quota.memory"},
                                   {R"({"memory":"2Ei"})", "quota.memory"},
                                   {R"({"storage":""})", "quota.storage"},
                                   {R"({"pods":"3"})", "quota.pods"},
                                   {R"({"pods":-3})", "quota.pods"},
                                   {R"({"pods":3.5})", "quota.pods"},
                                   {R"({"pods":18446744073709551615})", "quota.pods"},
                                   {R"({"pods":{}})", "quota.pods"},
                                   {R"({"gpus":3})", "quota.gpus"},
                                   {R"("all")", "quota"},
                                   {"[]", "quota"}}) {
    const auto refused = create("dan", "fresh", quota);
    EXPECT_EQ(refused.status, 422) << quota << refused.text();
    EXPECT_EQ(text_of(body_of(refused), "field"), field) << refused.text();
  }
  for (const auto* seen : {R"("x")", R"("-1")", R"("")", "1", R"("99999999999999999999")"}) {
    const auto body = std::string(R"({"quota":{},"resourceVersion":)") + seen + "}";
    EXPECT_EQ(send("dan", "PUT", std::string(kSpaces) + "/own", body).status, 422) << seen;
  }
  EXPECT_EQ(send("dan", "PUT", std::string(kSpaces) + "/own", R"({"quota":{}})").status, 422);
  EXPECT_EQ(send("dan", "PUT", std::string(kSpaces) + "/own", R"({"resourceVersion":"0"})").status,
            422);
  EXPECT_EQ(send("admin", "PUT", std::string(kSpaces) + "/kube-system",
                 R"({"resourceVersion":"0","quota":{}})")
                .status,
            422);
  EXPECT_TRUE(api.order.empty());
}

TEST_F(QuotasTest, WhatAClusterIsYetToMakeIsCounted) {
  set_budget("dan", "/projects/" + shop.id.value, R"({"pods":10})", 0);
  agent->drop();
  ASSERT_TRUE(world.run(agent_is_gone()));
  const auto waits =
      send("dan", "POST", kSpaces,
           R"({"name":"fresh","project":")" + shop.id.value + R"(","quota":{"pods":6}})");
  ASSERT_EQ(waits.status, 202) << waits.text();
  EXPECT_EQ(given(shop, "pods"), 6);
  const auto dry =
      send("dan", "POST", std::string(kSpaces) + "?dryRun=true",
           R"({"name":"other","project":")" + shop.id.value + R"(","quota":{"pods":1}})");
  EXPECT_EQ(dry.status, 503) << "nothing of it may come later";
  EXPECT_EQ(send("admin", "DELETE", "/projects/" + shop.id.value).status, 409);
}

}  // namespace
}  // namespace slipway::http
