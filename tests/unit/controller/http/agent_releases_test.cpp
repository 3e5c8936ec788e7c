// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rows.hpp"
#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

constexpr char kUpgrade[] = "/api/v1/clusters/demo/agent-upgrade";

class AgentReleasesApiTest : public ::testing::Test {
 protected:
  AgentReleasesApiTest() {
    EXPECT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
    const auto id = world.clusters.get("demo")->id;
    world.clusters.engine().cancel_all(id);
    rows.set_state(id, clusters::ClusterState::kHealthy, {});
  }
  boost::json::object node() {
    return body_of(world.get("/api/v1/clusters/demo/nodes/demo-master-1"));
  }

  World world;
  clusters::Rows rows{*world.database};
};

TEST_F(AgentReleasesApiTest, WhatLiesThereIsListedGoodOrNot) {
  const auto sha256 = world.release_directory.put("new", "0.2.0", "a program");
  world.release_directory.put("half", "0.3.0", "another");
  world.release_directory.write("half", releases::kSignatureFile, "");
  const auto items = body_of(world.get("/api/v1/agent-releases"))["items"].as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(text_of(items[0].as_object(), "directory"), "half");
  EXPECT_NE(text_of(items[0].as_object(), "problem"), "");
  const auto& good = items[1].as_object();
  EXPECT_EQ(text_of(good, "version"), "0.2.0");
  EXPECT_EQ(text_of(good, "sha256"), sha256);
  EXPECT_EQ(good.at("sizeBytes").to_number<int>(), 9);
  EXPECT_FALSE(good.contains("problem"));
  EXPECT_EQ(world.get("/api/v1/agent-releases?limit=0").status, 422);
}

TEST_F(AgentReleasesApiTest, AnUpgradeIsAcceptedOnceAndAudited) {
  const auto sha256 = world.release_directory.put("new", "0.2.0", "a program");
  const auto first = world.post(kUpgrade, R"({"release":"0.2.0"})");
  ASSERT_EQ(first.status, 202) << first.text();
  const auto operation = body_of(first)["operation"].as_object();
  EXPECT_EQ(text_of(operation, "kind"), "upgrade");
  EXPECT_EQ(text_of(operation, "release"), sha256);
  const auto again = world.post(kUpgrade, R"({"release":")" + sha256 + R"("})");
  EXPECT_EQ(text_of(body_of(again)["operation"].as_object(), "id"), text_of(operation, "id"));
  EXPECT_EQ(world.post(kUpgrade, R"({"release":"image"})").status, 409);
  const auto audited = body_of(world.get("/api/v1/audit?action=agents.upgrade"));
  EXPECT_EQ(audited.at("items").as_array().size(), 3U);
}

TEST_F(AgentReleasesApiTest, AWrongReleaseIsRefusedWithWhy) {
  world.release_directory.put("new", "0.2.0", "a program");
  world.release_directory.put("half", "0.3.0", "another");
  world.release_directory.write("half", releases::kSignatureFile, "");
  const auto unknown = world.post(kUpgrade, R"({"release":"0.4.0"})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(text_of(body_of(unknown), "detail").find("there are 0.2.0"), std::string::npos);
  const auto broken = world.post(kUpgrade, R"({"release":"0.3.0"})");
  EXPECT_EQ(broken.status, 409);
  EXPECT_NE(text_of(body_of(broken), "detail").find("release.sig has 0 bytes"), std::string::npos)
      << broken.text();
}

TEST_F(AgentReleasesApiTest, ANodeSaysWhetherItsOwnSwitchAllowsShells) {
  const auto machine = world.clusters.node("demo", "demo-master-1")->machine;
  wire::NodeFacts facts;
  facts.set_agent_version("1.0");
  rows.set_enrolled(machine, world.clock.utc(), facts.SerializeAsString());
  EXPECT_FALSE(node()["agent"].as_object().contains("nodeShell")) << "agents of before";
  for (const bool allowed : {false, true}) {
    facts.set_node_shell(allowed);
    rows.set_enrolled(machine, world.clock.utc(), facts.SerializeAsString());
    const auto shell = node()["agent"].as_object()["nodeShell"].as_object();
    EXPECT_EQ(shell.at("allowed").as_bool(), allowed);
    EXPECT_FALSE(shell.contains("asOf")) << "it has not been heard since the controller started";
  }
  fakes::FakeAgent agent(world.tasks, world.links, world.clock, machine);
  const auto come_up = [&](bool allowed) -> base::Task<bool> {
    wire::NodeState state;
    state.mutable_facts()->set_node_shell(allowed);
    co_await agent.come_up(std::move(state));
    co_return co_await fakes::until([&] {
      const auto there = world.clusters.node("demo", "demo-master-1");
      return there->link.connected && !there->facts->node_shell();
    });
  };
  ASSERT_TRUE(world.run(come_up(false)));
  const auto now = node();
  EXPECT_EQ(now.at("agent").at("nodeShell").at("allowed"), false);
  EXPECT_EQ(now.at("agent").at("nodeShell").at("asOf"), now.at("link").at("asOf"));
}

TEST_F(AgentReleasesApiTest, ANodeShowsWhatItShallRunAndWhatItTold) {
  EXPECT_FALSE(node().contains("agent")) << "nothing is known of it";
  const auto machine = world.clusters.node("demo", "demo-master-1")->machine;
  rows.set_release(machine, {.sha256 = "ab",
                             .version = "0.2.0",
                             .statement = "s",
                             .signature = "s",
                             .attempt = 1,
                             .round = "r",
                             .missed = false});
  wire::ReleaseState told;
  told.set_state(wire::ReleaseState::FAILED);
  told.set_running_sha256("cd");
  told.set_from_image(true);
  told.set_error("it did not hold its link");
  rows.set_release_told(machine, told, world.clock.utc());
  auto release = node()["agent"].as_object()["release"].as_object();
  EXPECT_EQ(text_of(release, "wanted"), "0.2.0");
  EXPECT_EQ(text_of(release, "wantedSha256"), "ab");
  EXPECT_EQ(text_of(release, "runningSha256"), "cd");
  EXPECT_TRUE(release["fromImage"].as_bool());
  EXPECT_EQ(text_of(release, "state"), "failed");
  EXPECT_EQ(text_of(release, "error"), "it did not hold its link");
  EXPECT_EQ(text_of(release, "asOf"), base::to_rfc3339(world.clock.utc()));

  rows.set_resource(machine, base::ResourceId{"another"});
  release = node()["agent"].as_object()["release"].as_object();
  EXPECT_EQ(text_of(release, "wanted"), "0.2.0") << "its successor shall run the same";
  EXPECT_FALSE(release.contains("state")) << "and has told nothing yet";
}

}  // namespace
}  // namespace slipway::http
