// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/registration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::admission {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kList = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
constexpr auto kNodes = "GET /api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fmaster";

struct RegistrationTest : testing::Test {
  RegistrationTest() {
    kube.on("POST ", 201, "{}");
    kube.on("PUT ", 200, "{}");
    kube.on("PATCH ", 200, "{}");
  }
  void masters(std::initializer_list<const char*> marks) {
    json::array items;
    for (const char* mark : marks)
      items.push_back(json::object{
          {"metadata", json::object{{"name", "m" + std::to_string(items.size() + 1)},
                                    {"annotations", json::object{{kServedMark, mark}}}}}});
    kube.on(kNodes, 200, json::serialize(json::object{{"items", std::move(items)}}));
  }
  void there(json::object what) {
    what["metadata"].as_object()["resourceVersion"] = "42";
    kube.on("GET " + path, 200, json::serialize(what));
  }
  base::Result<> keep() { return fakes::run_task(io, register_admission(kube, "a CA")); }

  const std::string path = std::string(kList) + "/" + kConfigurationName;
  boost::asio::io_context io;
  fakes::FakeKubeApi kube;
};

TEST_F(RegistrationTest, IsMadeOnceEveryMasterServes) {
  masters({"2", "2", "3"});
  ASSERT_TRUE(keep());
  EXPECT_THAT(kube.asked(), ElementsAre("GET " + path, kNodes,
                                        "POST " + std::string(kList) + "?fieldManager=slipway"));
  EXPECT_EQ(json::parse(kube.requests[2].body), configuration("a CA"));
}

TEST_F(RegistrationTest, WaitsForAMasterThatDoesNotServeOrIsOlder) {
  for (const char* mark : {"", "1", "x"}) {
    kube.answers.erase(kNodes);
    masters({"2", mark});
    const auto kept = keep();
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().message, HasSubstr("master m2"));
  }
  kube.answers.erase(kNodes);
  masters({});
  EXPECT_FALSE(keep());
  for (const auto& asked : kube.asked()) EXPECT_THAT(asked, testing::StartsWith("GET "));
}

TEST_F(RegistrationTest, WhatIsAsItShallBeIsLeftAlone) {
  auto same = configuration("a CA");
  same["metadata"].as_object()["generation"] = 3;
  there(same);
  ASSERT_TRUE(keep());
  EXPECT_THAT(kube.asked(), ElementsAre("GET " + path));
}

TEST_F(RegistrationTest, WhatSomebodyChangedIsPutRight) {
  masters({"2"});
  auto changed = configuration("a CA");
  changed["webhooks"].as_array()[0].as_object()["failurePolicy"] = "Ignore";
  there(changed);
  ASSERT_TRUE(keep());
  ASSERT_EQ(kube.requests.size(), 3U);
  EXPECT_EQ(kube.requests[2].method + " " + kube.requests[2].target,
            "PUT " + path + "?fieldManager=slipway");
  const auto put = json::parse(kube.requests[2].body);
  EXPECT_EQ(put.at("metadata").at("resourceVersion"), "42");
  EXPECT_EQ(put.at("webhooks"), configuration("a CA").at("webhooks"));
}

TEST_F(RegistrationTest, ARefusalIsSaidInTheApiServersWords) {
  kube.on("GET " + path, 403, R"({"message":"may not"})");
  EXPECT_THAT(keep().error().message, HasSubstr("may not"));
  kube.reachable = false;
  EXPECT_FALSE(keep());
}

TEST_F(RegistrationTest, TheMarkIsAnAnnotationOfTheMastersNode) {
  ASSERT_TRUE(fakes::run_task(io, mark_served(kube, "demo-master-1")));
  ASSERT_EQ(kube.requests.size(), 1U);
  EXPECT_EQ(kube.requests[0].target, "/api/v1/nodes/demo-master-1?fieldManager=slipway");
  EXPECT_EQ(kube.requests[0].body,
            R"({"metadata":{"annotations":{"slipway.io/serves-project-rules":"2"}}})");
}

/// Of a webhook: the resources that it asks about, as group/resource.
std::set<std::string> resources(const json::value& webhook) {
  std::set<std::string> all;
  for (const auto& rule : webhook.at("rules").as_array())
    for (const auto& resource : rule.at("resources").as_array())
      all.insert(std::string(rule.at("apiGroups").at(0).as_string()) + "/" +
                 std::string(resource.as_string()));
  return all;
}

TEST(Configuration, FailsClosedAndAsksAboutProjectsNamespacesAlone) {
  const auto made = configuration("a CA");
  const auto& webhooks = made.at("webhooks").as_array();
  std::set<std::string> names;
  for (const auto& webhook : webhooks) {
    names.insert(std::string(webhook.at("name").as_string()));
    EXPECT_EQ(webhook.at("failurePolicy"), "Fail");
    EXPECT_EQ(webhook.at("sideEffects"), "None");
    EXPECT_LE(webhook.at("timeoutSeconds").as_int64(), 5);
    EXPECT_EQ(webhook.at("clientConfig").at("url"), "https://127.0.0.1:10262/review");
    EXPECT_EQ(webhook.at("clientConfig").at("caBundle"), "YSBDQQ==");
    const auto& of_namespace = webhook.at("namespaceSelector").as_object();
    const auto& of_object = webhook.at("objectSelector").as_object();
    EXPECT_NE(of_namespace.empty(), of_object.empty()) << "it asks about everything, or nothing";
    const auto& selector = of_namespace.empty() ? of_object : of_namespace;
    EXPECT_EQ(selector.at("matchExpressions").at(0).at("operator"), "Exists");
  }
  EXPECT_EQ(names.size(), webhooks.size());
  const auto& allowed = webhooks[0].at("namespaceSelector").at("matchExpressions").at(1);
  EXPECT_EQ(allowed, (json::value{{"key", "slipway.io/allow-privileged"},
                                  {"operator", "NotIn"},
                                  {"values", json::array{"true"}}}));
}

TEST(Configuration, AsksAboutEveryKindThatHoldsAPod) {
  const auto made = configuration("a CA");
  const auto& webhooks = made.at("webhooks").as_array();
  EXPECT_THAT(resources(webhooks[0]),
              testing::UnorderedElementsAre(
                  "/pods", "/pods/ephemeralcontainers", "/podtemplates", "/replicationcontrollers",
                  "/services", "/bindings", "/persistentvolumeclaims", "/pods/binding",
                  "apps/daemonsets", "apps/deployments", "apps/deployments/scale",
                  "apps/replicasets", "apps/statefulsets", "batch/cronjobs", "batch/jobs"));
  EXPECT_THAT(resources(webhooks[1]), ElementsAre("extensions/ingresses"));
  EXPECT_EQ(webhooks[1].at("matchPolicy"), "Exact");
  ASSERT_EQ(webhooks.size(), 5U);
  for (std::size_t i = 2; i < 5; ++i)
    EXPECT_THAT(resources(webhooks[i]),
                ElementsAre("/namespaces", "/namespaces/finalize", "/namespaces/status"));
}

}  // namespace
}  // namespace slipway::admission
