// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

class ResourcesTest : public ::testing::Test {
 protected:
  boost::json::object create(const std::string& body) {
    auto response = world.post("/api/v1/clusters", body);
    EXPECT_EQ(response.status, 202) << response.text();
    return body_of(response);
  }
  World world;
};

TEST_F(ResourcesTest, AClusterIsCreatedShownAndDeleted) {
  auto made = create(R"({"name":"demo","workers":2})");
  EXPECT_EQ(text_of(made["cluster"].as_object(), "state"), "creating");
  EXPECT_EQ(text_of(made["operation"].as_object(), "kind"), "create");
  auto again = create(R"({"name":"demo","workers":2})");
  EXPECT_EQ(again["cluster"].as_object()["id"], made["cluster"].as_object()["id"]);
  EXPECT_EQ(world.post("/api/v1/clusters", R"({"name":"demo","workers":3})").status, 409);

  auto nodes = body_of(world.get("/api/v1/clusters/demo/nodes"));
  ASSERT_EQ(nodes["items"].as_array().size(), 3U);
  auto& node = nodes["items"].as_array()[0].as_object();
  EXPECT_EQ(text_of(node["link"].as_object(), "value"), "disconnected");
  EXPECT_EQ(text_of(node["kubernetes"].as_object(), "value"), "unknown");
  EXPECT_EQ(text_of(node["machine"].as_object(), "value"), "unknown");
  EXPECT_EQ(body_of(world.get("/api/v1/machines"))["items"].as_array().size(), 3U);

  auto operations = body_of(world.get("/api/v1/operations?cluster=demo"));
  ASSERT_EQ(operations["items"].as_array().size(), 1U);
  const auto id = text_of(operations["items"].as_array()[0].as_object(), "id");
  auto operation = body_of(world.get("/api/v1/operations/" + id));
  EXPECT_FALSE(operation["steps"].as_array().empty());
  EXPECT_TRUE(operation["nodeSteps"].as_array().empty()) << "no node has told of one yet";
  EXPECT_EQ(world.post("/api/v1/operations/" + id + "/retry", "").status, 409);

  auto gone = world.send(world.authorised("DELETE", "/api/v1/clusters/demo"));
  EXPECT_EQ(gone.status, 202) << gone.text();
  EXPECT_EQ(text_of(body_of(gone)["cluster"].as_object(), "state"), "deleting");
}

TEST_F(ResourcesTest, ANodesMachineIsRebootedThroughItsCloud) {
  create(R"({"name":"demo"})");
  const std::string reboot = "/api/v1/clusters/demo/nodes/demo-master-1/reboot";
  EXPECT_EQ(world.post(reboot, R"({"hard":true})").status, 404) << "it has no machine yet";
  cloud::MachineSpec spec;
  spec.id = world.clusters.node("demo", "demo-master-1")->resource;
  ASSERT_TRUE(world.run(world.cloud.ensure_machine(spec)));
  EXPECT_EQ(world.post(reboot, R"({"hard":"yes"})").status, 422);
  const auto before = world.cloud.count("reboot");
  const auto answer = world.post(reboot, R"({"hard":true})");
  EXPECT_EQ(answer.status, 202) << answer.text();
  EXPECT_EQ(world.cloud.count("reboot"), before + 1);
}

TEST_F(ResourcesTest, AKeyPairIsMadeShownOnceAndGoesToTheNodes) {
  auto made = world.post("/api/v1/key-pairs", R"({"name":"ops"})");
  ASSERT_EQ(made.status, 201) << made.text();
  const auto shown = boost::json::parse(made.text()).as_object();
  EXPECT_TRUE(shown.at("privateKey").as_string().starts_with("-----BEGIN OPENSSH"));
  EXPECT_EQ(world.post("/api/v1/key-pairs", R"({"name":"ops"})").status, 409);
  const auto list = world.get("/api/v1/key-pairs");
  EXPECT_NE(list.text().find("SHA256:"), std::string::npos);
  EXPECT_EQ(list.text().find("privateKey"), std::string::npos) << list.text();
  auto created = world.post("/api/v1/clusters", R"({"name":"keyed","keyPair":"ops"})");
  EXPECT_EQ(created.status, 202) << created.text();
  EXPECT_EQ(world.send(world.authorised("DELETE", "/api/v1/key-pairs/ops")).status, 409);
  boost::json::object own{{"name", "own"}, {"publicKey", shown.at("publicKey")}};
  made = world.post("/api/v1/key-pairs", boost::json::serialize(own));
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(made.text().find("privateKey"), std::string::npos);
  EXPECT_EQ(world.send(world.authorised("DELETE", "/api/v1/key-pairs/own")).status, 204);
}

TEST_F(ResourcesTest, ListsComeInPages) {
  for (const auto* name : {"a", "b", "c"}) create("{\"name\":\"" + std::string(name) + "\"}");
  auto first = body_of(world.get("/api/v1/clusters?limit=2"));
  EXPECT_EQ(first["items"].as_array().size(), 2U);
  auto second =
      body_of(world.get("/api/v1/clusters?limit=2&cursor=" + text_of(first, "nextCursor")));
  ASSERT_EQ(second["items"].as_array().size(), 1U);
  EXPECT_EQ(text_of(second["items"].as_array()[0].as_object(), "name"), "c");
  EXPECT_FALSE(second.contains("nextCursor"));
}

TEST_F(ResourcesTest, WhatThisKubernetesLacksIsSaidWithTheReason) {
  EXPECT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
  const auto answer = world.get("/api/v1/clusters/demo/capabilities");
  ASSERT_EQ(answer.status, 200) << answer.text();
  const auto body = boost::json::parse(answer.text()).as_object();
  EXPECT_EQ(body.at("kubernetesVersion"), "v1.20.2");
  std::map<std::string, bool> available;
  for (const auto& one : body.at("features").as_array()) {
    const auto& feature = one.as_object();
    const bool there = feature.at("available").as_bool();
    available[std::string(feature.at("name").as_string())] = there;
    EXPECT_NE(there, feature.contains("reason")) << one;
  }
  EXPECT_FALSE(available.at("statefulsets.maxUnavailable"));
  EXPECT_FALSE(available.at("jobs.suspend"));
  EXPECT_TRUE(available.at("pods.startupProbe"));
  EXPECT_EQ(world.get("/api/v1/clusters/none/capabilities").status, 404);
  EXPECT_EQ(world.get("/api/v1/clusters/demo/capabilities?all=1").status, 422);
}

TEST_F(ResourcesTest, TheMirrorSaysThatItKnowsNothingYet) {
  create(R"({"name":"demo"})");
  auto pods = body_of(world.get("/api/v1/clusters/demo/pods?namespace=default&node=x"));
  EXPECT_TRUE(pods["items"].as_array().empty());
  EXPECT_FALSE(pods.contains("asOf"));
  EXPECT_FALSE(text_of(pods, "stale").empty());
}

TEST_F(ResourcesTest, AManifestWaitsForAClusterThatIsOutOfReach) {
  create(R"({"name":"demo"})");
  auto request = world.authorised("POST", "/api/v1/clusters/demo/manifests?namespace=default",
                                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  request.headers.set("Content-Type", "text/yaml");
  auto response = world.send(std::move(request));
  EXPECT_EQ(response.status, 202) << response.text();
  EXPECT_EQ(text_of(body_of(response), "state"), "waiting");
  EXPECT_EQ(world.post("/api/v1/clusters/demo/namespaces", R"({"name":"x"})").status, 202);
}

TEST_F(ResourcesTest, WhatNeedsAGatewayIsUnavailableWithoutOne) {
  create(R"({"name":"demo"})");
  EXPECT_EQ(world.get("/api/v1/clusters/demo/proxy/api").status, 503);
  EXPECT_EQ(world.post("/api/v1/clusters/demo/publish", R"({"port":80})").status, 503);
}

TEST_F(ResourcesTest, TheKubeconfigLeadsThroughTheControllerWithATokenOfItsOwn) {
  create(R"({"name":"demo"})");
  auto response = world.get("/api/v1/clusters/demo/kubeconfig");
  ASSERT_EQ(response.status, 200);
  const auto config = YAML::Load(response.text());
  EXPECT_EQ(config["clusters"][0]["cluster"]["server"].as<std::string>(),
            "https://127.0.0.1:8443/api/v1/clusters/demo/proxy");
  const auto token = config["users"][0]["user"]["token"].as<std::string>();
  EXPECT_TRUE(world.accounts.by_token(token));
  EXPECT_EQ(config["current-context"].as<std::string>(), "admin@demo");
  auto bad = world.authorised("GET", "/api/v1/clusters/demo/kubeconfig");
  bad.headers.set("Host", "evil\"\nx");
  EXPECT_EQ(world.send(std::move(bad)).status, 422);
}

TEST_F(ResourcesTest, TheAuditLogIsListedAndVerified) {
  create(R"({"name":"demo"})");
  auto page = body_of(world.get("/api/v1/audit?action=cluster.create&verify=true"));
  ASSERT_EQ(page["items"].as_array().size(), 1U);
  EXPECT_EQ(text_of(page["items"].as_array()[0].as_object(), "object"), "clusters/demo");
  EXPECT_TRUE(page["chain"].as_object()["whole"].as_bool());
}

}  // namespace
}  // namespace slipway::http
