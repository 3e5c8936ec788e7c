// SPDX-License-Identifier: Apache-2.0
// Draining a node, with an agent that answers for the cluster.
#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

class NodeDrainTest : public TenantsTest {
 public:
  NodeDrainTest() {
    objects[kNode] = R"({"metadata":{"name":"demo-master-1","resourceVersion":"7"}})";
    players.spawn("api server", serve(*this));
    players.spawn("intents", take_intents(*this));
  }
  ~NodeDrainTest() override {
    world.run([](base::TaskScope& scope) -> base::Task<bool> {
      co_await scope.join();
      co_return true;
    }(players));
  }

  /// Plays the API server: what is read by path, what is posted by a status.
  static base::Task<> serve(NodeDrainTest& test) {
    auto& agent = *test.agent;
    for (std::size_t at = agent.streams.size();; ++at) {
      while (agent.streams.size() <= at) {
        if (agent.ended) co_return;
        co_await base::sleep_for(std::chrono::milliseconds(1));
      }
      const auto open = agent.opened[at].http();
      auto stream = agent.streams[at];
      std::string body;
      for (auto chunk = co_await stream->read(); chunk && *chunk; chunk = co_await stream->read()) {
        body += (*chunk)->bytes;
      }
      co_await test.answer(open, std::move(body), std::move(stream));
    }
  }

  base::Task<> answer(wire::HttpOpen open, std::string body, link::StreamPtr stream) {
    const auto path = open.path().substr(0, open.path().find('?'));
    for (const auto& header : open.headers()) {
      if (header.name() == "Impersonate-User") reader = header.value();
    }
    asked.push_back(open.method() + " " + open.path());
    std::string said = R"({"message":"the API server's words"})";
    int status = 404;
    if (open.method() == "POST") {
      posts.emplace_back(open.path(), std::move(body));
      status = post_statuses.contains(path) ? post_statuses[path] : 201;
    } else if (objects.contains(path)) {
      status = 200;
      said = objects[path];
    }
    wire::StreamNote note;
    note.mutable_head()->set_status(static_cast<std::uint32_t>(status));
    (void)co_await stream->write(std::move(note));
    (void)co_await stream->write(std::move(said));
    stream->finish();
  }

  static base::Task<> take_intents(NodeDrainTest& test) {
    auto& agent = *test.agent;
    for (std::size_t at = 0;; ++at) {
      while (agent.orders.size() <= at) {
        if (agent.ended) co_return;
        co_await base::sleep_for(std::chrono::milliseconds(1));
      }
      if (!agent.orders[at].has_intent()) continue;
      wire::Report report;
      report.mutable_outcome()->set_intent_id(agent.orders[at].intent().id());
      report.mutable_outcome()->set_http_status(static_cast<std::uint32_t>(test.cordon_status));
      report.mutable_outcome()->set_ok(test.cordon_status == 200);
      agent.tell(std::move(report));
    }
  }

  wire::KubeRequest last() { return agent->intents().back().tenant().request(); }

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
  std::map<std::string, std::string> objects;              ///< by path
  std::map<std::string, int> post_statuses;                ///< by path; else 201
  std::vector<std::pair<std::string, std::string>> posts;  ///< path and body
  std::vector<std::string> asked;
  std::string reader;  ///< in whose name
  int cordon_status = 200;
  base::TaskScope players{world.io.get_executor()};
};

TEST_F(NodeDrainTest, CordonsAndEvictsInTheCallersName) {
  runs({pod("web", "ReplicaSet"), pod("each", "DaemonSet")});
  const auto done = drain(R"({"graceSeconds":5})");
  EXPECT_EQ(states(done), "each:stays web:evicted");
  EXPECT_FALSE(body_of(done).at("empty").as_bool()) << "it has been told to end, no more";
  EXPECT_EQ(asked.front(), "GET /api/v1/pods?fieldSelector=spec.nodeName%3Ddemo-master-1");
  EXPECT_EQ(reader, "slipway:" + world.accounts.users().named("admin")->id.value);
  ASSERT_EQ(agent->intents().size(), 1U);
  EXPECT_EQ(last().path(), std::string(kNode) + "?fieldManager=slipway");
  EXPECT_EQ(last().body(), R"({"spec":{"unschedulable":true},"metadata":{"resourceVersion":"7"}})");
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
  EXPECT_TRUE(last().path().ends_with("&dryRun=All"));
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

TEST_F(NodeDrainTest, BadInputAndAClusterOutOfReachAreToldBeforeAnythingIsDone) {
  EXPECT_EQ(drain(R"({"graceSeconds":0})").status, 422);
  EXPECT_EQ(drain(R"({"force":"yes"})").status, 422);
  EXPECT_EQ(drain(R"({"what":1})").status, 422);
  EXPECT_EQ(send("admin", "POST", "/clusters/demo/nodes/nobody/drain", "{}").status, 404);
  EXPECT_EQ(drain("{}", "dan").status, 403);
  cordon_status = 403;
  runs({pod("web", "ReplicaSet")});
  EXPECT_EQ(drain().status, 403) << "it could not be cordoned";
  EXPECT_TRUE(posts.empty());
  EXPECT_EQ(send("admin", "POST", "/clusters/other/nodes/other-master-1/drain", "{}").status, 503);
}

}  // namespace
}  // namespace slipway::http
