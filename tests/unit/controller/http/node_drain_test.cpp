// SPDX-License-Identifier: Apache-2.0
// Draining a node, with an agent that answers for the cluster.
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

class NodeDrainTest : public PlayedClusterTest {
 public:
  NodeDrainTest() {
    objects[kNode] = R"({"metadata":{"name":"demo-master-1","resourceVersion":"7"}})";
  }

  static std::string pod(const std::string& name, const std::string& kind,
                         const std::string& rest = "") {
    const auto owner = kind.empty() ? std::string{}
                                    : R"(,"ownerReferences":[{"controller":true,"kind":")" + kind +
                                          R"(","name":"of"}])";
    return R"({"metadata":{"namespace":"own","name":")" + name + R"(","uid":"u-)" + name + "\"" +
           owner + "}" + rest + "}";
  }
  void runs(const std::vector<std::string>& pods) {
    std::string items;
    for (const auto& one : pods) items += (items.empty() ? "" : ",") + one;
    objects["/api/v1/pods"] = R"({"items":[)" + items + "]}";
  }
  net::HttpResponse drain(const std::string& body = "{}", const char* who = "admin") {
    return send(who, "POST", "/clusters/demo/nodes/demo-master-1/drain", body);
  }
  /// "name:state" of each pod.
  static std::string states(const net::HttpResponse& response) {
    std::string all;
    EXPECT_EQ(response.status, 200) << response.text();
    for (const auto& one : body_of(response).at("pods").as_array()) {
      all += (all.empty() ? "" : " ") + text_of(one.as_object(), "name") + ":" +
             text_of(one.as_object(), "state");
    }
    return all;
  }
  static std::string eviction(const std::string& name) {
    return "/api/v1/namespaces/own/pods/" + name + "/eviction";
  }
  static constexpr char kNode[] = "/api/v1/nodes/demo-master-1";
};

TEST_F(NodeDrainTest, CordonsAndEvictsInTheCallersName) {
  runs({pod("web", "ReplicaSet"), pod("each", "DaemonSet")});
  const auto done = drain(R"({"graceSeconds":5})");
  EXPECT_EQ(states(done), "each:stays web:evicted");
  EXPECT_FALSE(body_of(done).at("empty").as_bool()) << "it has been told to end, no more";
  EXPECT_EQ(asked.front(), "GET /api/v1/pods?fieldSelector=spec.nodeName%3Ddemo-master-1");
  EXPECT_EQ(reader, "slipway:" + world.accounts.users().named("admin")->id.value);
  ASSERT_EQ(agent->intents().size(), 1U);
  EXPECT_EQ(last().request().path(), std::string(kNode) + "?fieldManager=slipway");
  EXPECT_EQ(last().request().body(),
            R"({"spec":{"unschedulable":true},"metadata":{"resourceVersion":"7"}})");
  ASSERT_EQ(posts.size(), 1U);
  EXPECT_EQ(posts[0].first, eviction("web"));
  const auto body = json::parse(posts[0].second);
  EXPECT_EQ(body.at("deleteOptions").at("preconditions").at("uid"), "u-web");
  EXPECT_EQ(body.at("deleteOptions").at("gracePeriodSeconds"), 5);
  EXPECT_EQ(audited("node.drain"), 1U);
  EXPECT_EQ(audited("pod.evict"), 1U);
}

TEST_F(NodeDrainTest, IsEmptyWhenNothingIsLeftButWhatStays) {
  objects[kNode] = R"({"metadata":{"name":"demo-master-1"},"spec":{"unschedulable":true}})";
  runs({pod("each", "DaemonSet"), pod("gone", "Job")});
  post_statuses[eviction("gone")] = 404;
  const auto done = drain();
  EXPECT_EQ(states(done), "each:stays gone:gone");
  EXPECT_TRUE(body_of(done).at("empty").as_bool());
  EXPECT_TRUE(agent->intents().empty()) << "it was cordoned before";
  EXPECT_EQ(audited("pod.evict"), 0U);
}

TEST_F(NodeDrainTest, WhatCannotGoNowIsSaidAndTheOthersGo) {
  runs({pod("a", "ReplicaSet"), pod("b", "ReplicaSet"), pod("c", "ReplicaSet"),
        pod("d", "ReplicaSet"),
        R"({"metadata":{"namespace":"own","name":"e","deletionTimestamp":"x"}})"});
  post_statuses = {{eviction("a"), 429}, {eviction("b"), 500}, {eviction("d"), 409}};
  const auto done = drain();
  EXPECT_EQ(states(done), "a:waits b:refused c:evicted d:waits e:going");
  const auto pods = body_of(done).at("pods").as_array();
  EXPECT_EQ(pods[0].at("reason"), "the API server's words");
  EXPECT_EQ(pods[0].at("controller"), "ReplicaSet of");
  EXPECT_FALSE(body_of(done).at("empty").as_bool());
  EXPECT_EQ(audited("pod.evict"), 2U) << "b was refused, c went";
}

TEST_F(NodeDrainTest, NothingIsDoneWithoutLeaveForWhatIsLost) {
  runs({pod("web", "ReplicaSet"), pod("alone", ""),
        pod("data", "ReplicaSet", R"(,"spec":{"volumes":[{"name":"tmp","emptyDir":{}}]})")});
  const auto no = drain();
  EXPECT_EQ(no.status, 409) << no.text();
  const auto body = body_of(no);
  EXPECT_EQ(body.at("rule"), "drain");
  const auto& refusals = body.at("refusals").as_array();
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(refusals[0].at("object"), "Pod own/alone");
  EXPECT_EQ(refusals[0].at("field"), "force");
  EXPECT_FALSE(refusals[0].as_object().contains("line")) << "it is of no manifest";
  EXPECT_EQ(refusals[1].at("field"), "deleteLocalData");
  EXPECT_NE(std::string(refusals[1].at("message").as_string()).find("tmp"), std::string::npos);
  EXPECT_TRUE(posts.empty());
  EXPECT_TRUE(agent->intents().empty());
  EXPECT_EQ(states(drain(R"({"force":true,"deleteLocalData":true})")),
            "alone:evicted data:evicted web:evicted");
}

TEST_F(NodeDrainTest, ADryRunSaysWhatWouldBe) {
  runs({pod("web", "ReplicaSet"), pod("kept", "ReplicaSet"), pod("alone", "")});
  post_statuses[eviction("kept")] = 429;
  const auto done = drain(R"({"dryRun":true})");
  EXPECT_EQ(states(done), "alone:refused kept:waits web:evicts");
  EXPECT_EQ(body_of(done).at("pods").at(0).at("needs"), json::array{"force"});
  EXPECT_TRUE(body_of(done).at("dryRun").as_bool());
  ASSERT_EQ(posts.size(), 2U);
  EXPECT_TRUE(posts[0].first.ends_with("?dryRun=All"));
  EXPECT_EQ(json::parse(posts[0].second).at("deleteOptions").at("dryRun"), json::array{"All"});
  EXPECT_TRUE(last().request().path().ends_with("&dryRun=All"));
  EXPECT_EQ(audited("pod.evict"), 0U);
}

TEST_F(NodeDrainTest, ARoundIsBounded) {
  std::vector<std::string> many;
  for (int i = 0; i < 103; ++i) many.push_back(pod("p" + std::to_string(1000 + i), "ReplicaSet"));
  runs(many);
  const auto done = drain();
  EXPECT_EQ(posts.size(), 100U);
  const auto pods = body_of(done).at("pods").as_array();
  ASSERT_EQ(pods.size(), 103U);
  EXPECT_EQ(pods[99].at("state"), "evicted");
  EXPECT_EQ(pods[100].at("state"), "waits");
}

TEST_F(NodeDrainTest, IsNotEmptyWhileAPodIsStillGoing) {
  runs({pod("each", "DaemonSet"),
        R"({"metadata":{"namespace":"own","name":"e","deletionTimestamp":"x"}})"});
  const auto done = drain();
  EXPECT_EQ(states(done), "e:going each:stays");
  EXPECT_FALSE(body_of(done).at("empty").as_bool());
}

TEST_F(NodeDrainTest, TheNodesNameIsAskedForWhateverItWasCalledBy) {
  runs({pod("web", "ReplicaSet")});
  const auto done = send("admin", "POST",
                         "/clusters/" + cluster.value + "/nodes/" + master.value + "/drain", "{}");
  EXPECT_EQ(states(done), "web:evicted");
  EXPECT_EQ(body_of(done).at("node"), "demo-master-1");
  EXPECT_EQ(asked.front(), "GET /api/v1/pods?fieldSelector=spec.nodeName%3Ddemo-master-1");
  EXPECT_EQ(last().request().path(), std::string(kNode) + "?fieldManager=slipway");
}

TEST_F(NodeDrainTest, EachEvictionIsAuditedWithWhatCameOfIt) {
  runs({pod("b", "ReplicaSet"), pod("c", "ReplicaSet"), pod("d", "ReplicaSet")});
  post_statuses = {{eviction("b"), 403}, {eviction("d"), 429}};
  EXPECT_EQ(states(drain()), "b:refused c:evicted d:waits");
  std::map<std::string, std::string> outcomes;
  for (const auto& stored :
       world.audit.list({.before = {}, .limit = 100, .action = "pod.evict", .actor = {}})) {
    EXPECT_EQ(stored.entry.name_space, "own");
    outcomes[stored.entry.object] = stored.entry.outcome + ": " + stored.entry.detail;
  }
  const std::string of = "clusters/demo/namespaces/own/pods/";
  EXPECT_EQ(outcomes,
            (std::map<std::string, std::string>{{of + "b", "refused: the API server's words"},
                                                {of + "c", "ok: from node demo-master-1"}}));
}

TEST_F(NodeDrainTest, ARefusalWithoutWordsSaysItsStatus) {
  runs({pod("b", "ReplicaSet")});
  post_statuses = {{eviction("b"), 418}};
  post_said = "{}";
  const auto pods = body_of(drain()).at("pods").as_array();
  EXPECT_EQ(pods[0].at("reason"), "the API server answered 418");
}

TEST_F(NodeDrainTest, WhatNamesRefusedPodsIsBounded) {
  std::vector<std::string> many;
  for (int i = 0; i < 103; ++i) many.push_back(pod("p" + std::to_string(1000 + i), ""));
  runs(many);
  const auto no = drain();
  EXPECT_EQ(no.status, 409);
  EXPECT_EQ(body_of(no).at("refusals").as_array().size(), 100U);
}

TEST_F(NodeDrainTest, BadInputAndAClusterOutOfReachAreToldBeforeAnythingIsDone) {
  EXPECT_EQ(drain(R"({"graceSeconds":0})").status, 422);
  EXPECT_EQ(drain(R"({"graceSeconds":3601})").status, 422);
  EXPECT_EQ(drain(R"({"force":"yes"})").status, 422);
  EXPECT_EQ(drain(R"({"what":1})").status, 422);
  EXPECT_EQ(send("admin", "POST", "/clusters/demo/nodes/nobody/drain", "{}").status, 404);
  EXPECT_EQ(drain("{}", "dan").status, 403);
  statuses = {403};
  runs({pod("web", "ReplicaSet")});
  EXPECT_EQ(drain().status, 403) << "it could not be cordoned";
  EXPECT_TRUE(posts.empty());
  EXPECT_EQ(send("admin", "POST", "/clusters/other/nodes/other-master-1/drain", "{}").status, 503);
}

}  // namespace
}  // namespace slipway::http
