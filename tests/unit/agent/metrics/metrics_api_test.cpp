// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/metrics_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "agent/kube/json_reading.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPath = "/apis/metrics.k8s.io/v1beta1";

std::string usage(const std::string& cpu, const std::string& memory) {
  return R"("cpu":{"time":"2026-01-02T03:04:05Z","usageNanoCores":)" + cpu +
         R"(},"memory":{"workingSetBytes":)" + memory + "}";
}

std::string pod(const std::string& pod_namespace, const std::string& name,
                const std::string& container) {
  return R"({"podRef":{"name":")" + name + R"(","namespace":")" + pod_namespace +
         R"("},"containers":[)" + container + "]}";
}

struct MetricsApiTest : testing::Test {
  MetricsApiTest() {
    kube.on("GET /api/v1/nodes?", 200,
            R"({"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})");
    const auto box = R"({"name":"box",)" + usage("7000000", "2097152") + "}";
    const auto side = R"({"name":"side",)" + usage("1", "1024") + "}";
    kube.on("GET /api/v1/nodes/a/proxy", 200,
            R"({"node":{"nodeName":"a",)" + usage("150000000", "1048576") + R"(},"pods":[)" +
                pod("one", "web", box + "," + side) + "," + pod("two", "web", box) + "," +
                pod("one", "fresh", R"({"name":"box"})") + "]}");
    kube.on("GET /api/v1/nodes/b/proxy", 503, R"({"message":"kubelet is away"})");
  }

  net::HttpResponse ask(const std::string& rest, const std::string& method = "GET") {
    net::HttpRequest request;
    request.method = method;
    request.target = std::string(kPath) + rest;
    return fakes::run_task(io, api.answer(std::move(request)));
  }
  boost::json::value told(const std::string& rest) {
    const auto response = ask(rest);
    EXPECT_EQ(response.status, 200) << rest << ": " << response.text();
    return boost::json::parse(response.text());
  }
  std::vector<std::string> names(const std::string& rest) {
    std::vector<std::string> all;
    const auto list = told(rest);
    for (const auto& item : kube::array_at(list, "items")) {
      const auto& metadata = kube::object_at(item, "metadata");
      all.push_back(kube::text_at(metadata, "namespace") + "/" + kube::text_at(metadata, "name"));
    }
    return all;
  }

  boost::asio::io_context io;
  fakes::FakeKubeApi kube;
  fakes::ManualClock clock;
  MetricsApi api{io.get_executor(), kube, clock};
};

TEST_F(MetricsApiTest, ItsResourcesAreNodesAndPods) {
  const auto list = told("");
  ASSERT_EQ(kube::array_at(list, "resources").size(), 2U);
  EXPECT_EQ(kube::text_at(list, "groupVersion"), "metrics.k8s.io/v1beta1");
  EXPECT_THAT(kube.requests, IsEmpty());
}

TEST_F(MetricsApiTest, ANodeHasItsFiguresAndTheirTime) {
  EXPECT_EQ(ask("/nodes/a").text(),
            R"({"kind":"NodeMetrics","apiVersion":"metrics.k8s.io/v1beta1",)"
            R"("metadata":{"name":"a","creationTimestamp":"2026-01-02T03:04:05.000Z"},)"
            R"("timestamp":"2026-01-02T03:04:05.000Z","window":"10s",)"
            R"("usage":{"cpu":"150000000n","memory":"1024Ki"}})");
}

TEST_F(MetricsApiTest, WhatHasNoFiguresIsLeftOut) {
  EXPECT_THAT(names("/nodes"), ElementsAre("/a"));  // b does not answer
  EXPECT_THAT(names("/pods"), ElementsAre("one/web", "two/web"));
  EXPECT_EQ(ask("/nodes/b").status, 404);
  const auto fresh = ask("/namespaces/one/pods/fresh");
  EXPECT_EQ(fresh.status, 404);
  EXPECT_THAT(fresh.text(), testing::HasSubstr(R"(pods.metrics.k8s.io \"fresh\" not found)"));
}

TEST_F(MetricsApiTest, PodsOfANamespaceContainerByContainer) {
  EXPECT_THAT(names("/namespaces/one/pods"), ElementsAre("one/web"));
  EXPECT_THAT(names("/namespaces/none/pods"), IsEmpty());
  const auto web = told("/namespaces/one/pods/web");
  const auto& containers = kube::array_at(web, "containers");
  ASSERT_EQ(containers.size(), 2U);
  EXPECT_EQ(kube::text_at(containers[0], "name"), "box");
  EXPECT_EQ(kube::text_at(kube::object_at(containers[0], "usage"), "cpu"), "7000000n");
  EXPECT_EQ(kube::text_at(kube::object_at(containers[0], "usage"), "memory"), "2048Ki");
}

TEST_F(MetricsApiTest, ASelectorIsTheApiServersToJudge) {
  kube.on("GET /api/v1/pods?labelSelector=app%3Dweb", 200,
          R"({"items":[{"metadata":{"name":"web","namespace":"two"}}]})");
  EXPECT_THAT(names("/pods?limit=5&labelSelector=app%3Dweb"), ElementsAre("two/web"));
  kube.on("GET /api/v1/nodes?labelSelector=", 400, R"({"message":"unable to parse"})");
  EXPECT_EQ(ask("/nodes?labelSelector=%3D").status, 400);
}

TEST_F(MetricsApiTest, FreshFiguresAreToldAgain) {
  (void)told("/nodes");
  const auto asked = kube.requests.size();
  clock.advance(kFresh - std::chrono::milliseconds(1));
  (void)told("/pods");
  EXPECT_EQ(kube.requests.size(), asked);
  clock.advance(std::chrono::milliseconds(1));
  (void)told("/pods");
  EXPECT_EQ(kube.requests.size(), 2 * asked);
}

TEST_F(MetricsApiTest, WhatItDoesNotServeIsNotFound) {
  for (const char* path :
       {"/", "/things", "/pods/web", "/namespaces", "/namespaces/one", "/namespaces/one/nodes",
        "/nodes/a/b", "/namespaces/one/pods/web/log", "//", "x"}) {
    const auto response = ask(path);
    const auto status = boost::json::parse(response.text());
    EXPECT_EQ(response.status, 404) << path << ": " << response.text();
    EXPECT_EQ(kube::text_at(status, "kind"), "Status") << path;
  }
  EXPECT_EQ(ask("/nodes", "DELETE").status, 405);
}

TEST_F(MetricsApiTest, WithoutTheApiServerItIsUnavailable) {
  kube.reachable = false;
  EXPECT_EQ(ask("/nodes").status, 503);
  kube.reachable = true;
  EXPECT_THAT(names("/nodes"), ElementsAre("/a"));  // nothing of the failure stays
}

TEST(Usage, WhatIsNoSummaryHasNoFigures) {
  for (const char* text :
       {"null", "[]", "{}", R"({"node":7,"pods":{}})", R"({"pods":[1,{"containers":7},{}]})",
        R"({"node":{"cpu":{"usageNanoCores":"x"},"memory":{"workingSetBytes":1}}})"}) {
    const auto read = read_summary(boost::json::parse(text));
    EXPECT_FALSE(read.usage.has_value()) << text;
    EXPECT_THAT(read.pods, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace slipway::metrics
