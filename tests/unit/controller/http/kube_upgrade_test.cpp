// SPDX-License-Identifier: Apache-2.0
// Sessions (exec, attach, port-forward) that pass the public port and go on to a cluster's agent.
#include "controller/http/kube_upgrade.hpp"

#include "tests/fakes/byte_pipe.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {
namespace {

using Decision = net::HttpServer::Decision;

constexpr char kExec[] =
    "/api/v1/clusters/demo/proxy/api/v1/namespaces/a/pods/b/exec?command=cat&container=c";

class KubeUpgradeTest : public ThroughAgentTest {
 public:
  net::HttpRequest exec(const std::string& protocol, const std::string& target = kExec) {
    auto request = world.authorised(protocol == "websocket" ? "GET" : "POST", target);
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", protocol);
    return request;
  }

  /// What the public port decides; `serve` is the agent, if it is asked at all.
  Decision decide(net::HttpRequest request, Serve serve) {
    serving = std::move(serve);
    auto play = [](KubeUpgradeTest& test, std::size_t at) -> base::Task<> {
      if (!co_await fakes::until([&] { return test.agent->streams.size() > at; })) co_return;
      co_await test.serving(test.agent->streams[at]);
    };
    world.tasks.spawn("agent", play(*this, agent->streams.size()));
    return world.run(world.api.upgrade(std::move(request)));
  }

  static Serve heading(int status, std::string type = {}) {
    return [status, type](link::StreamPtr stream) -> base::Task<> {
      wire::StreamNote note;
      note.mutable_head()->set_status(static_cast<std::uint32_t>(status));
      for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
               {"Content-Type", type},
               {"Set-Cookie", "a=b"},
               {"X-Stream-Protocol-Version", "v4.channel.k8s.io"}}) {
        if (value.empty()) continue;
        note.mutable_head()->add_headers()->set_name(name);
        note.mutable_head()->mutable_headers()->rbegin()->set_value(value);
      }
      (void)co_await stream->write(std::move(note));
      if (status == 101) co_return;
      (void)co_await stream->write("the server's own words");
      stream->finish();
    };
  }

  std::vector<access::StoredAuditEntry> entries(const std::string& action) {
    return world.audit.list({.before = {}, .limit = 100, .action = action, .actor = {}});
  }
};

TEST_F(KubeUpgradeTest, ASessionCarriesBytesAndIsAuditedOnceAtItsEnd) {
  auto decision = decide(exec("SPDY/3.1"), heading(101));
  auto* takeover = std::get_if<net::HttpServer::Takeover>(&decision);
  ASSERT_TRUE(takeover);
  const auto& headers = takeover->head.headers;
  EXPECT_EQ(headers.get("Upgrade"), "SPDY/3.1");
  EXPECT_EQ(headers.get("X-Stream-Protocol-Version"), "v4.channel.k8s.io");
  EXPECT_EQ(headers.get("Content-Security-Policy"), "sandbox");
  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(headers.has("Set-Cookie"));
  EXPECT_EQ(agent->opened.back().http().upgrade(), "SPDY/3.1");
  EXPECT_EQ(audited("proxy.exec"), 0U);

  fakes::BytePipe pipe(world.io.get_executor());
  bool over = false;
  auto session = [](base::Task<> run, bool& ended) -> base::Task<> {
    co_await std::move(run);
    ended = true;
  };
  world.tasks.spawn("session", session(takeover->run(std::move(pipe.far)), over));
  auto talk = [](net::ByteStream& client, link::StreamPtr server, bool& ended) -> base::Task<bool> {
    (void)co_await client.write("typed");
    auto typed = co_await server->read();
    EXPECT_EQ((*typed)->bytes, "typed");
    (void)co_await server->write("printed!");
    EXPECT_EQ(*co_await client.read(), "printed!");
    server->finish();
    EXPECT_EQ(*co_await client.read(), "");
    (void)co_await client.finish();
    auto end = co_await server->read();
    EXPECT_TRUE(end && !*end);
    co_return co_await fakes::until([&] { return ended; });
  };
  EXPECT_TRUE(world.run(talk(*pipe.near, agent->streams.back(), over)));
  decision = net::HttpResponse{};
  const auto all = entries("proxy.exec");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].entry.outcome, "ok");
  EXPECT_EQ(all[0].entry.object, "clusters/demo/api/v1/namespaces/a/pods/b/exec");
  EXPECT_EQ(all[0].entry.detail,
            "container c command: cat; 0 ms, 5 bytes in, 8 bytes out, the cluster ended it");
}

TEST_F(KubeUpgradeTest, ASessionThatNeverRanIsAuditedToo) {
  {
    auto decision = decide(exec("SPDY/3.1"), heading(101));
  }
  const auto all = entries("proxy.exec");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].entry.outcome, "unavailable");
}

TEST_F(KubeUpgradeTest, ARefusalIsTheServersOwnAndAudited) {
  auto decision = decide(exec("SPDY/3.1"), heading(404, "application/json"));
  auto* response = std::get_if<net::HttpResponse>(&decision);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->headers.get("Content-Security-Policy"), "sandbox");
  EXPECT_EQ(whole(*response), "the server's own words");
  ASSERT_EQ(entries("proxy.exec").size(), 1U);
  EXPECT_EQ(entries("proxy.exec")[0].entry.outcome, "status 404");
}

TEST_F(KubeUpgradeTest, ARefusedFirstTryByWebSocketIsNotAudited) {
  auto decision = decide(exec("websocket"), heading(403, "text/plain"));
  EXPECT_EQ(std::get<net::HttpResponse>(decision).status, 403);
  EXPECT_EQ(entries("proxy.exec").size(), 0U);
  decision = decide(exec("websocket"), heading(403, "application/json"));
  EXPECT_EQ(std::get<net::HttpResponse>(decision).status, 403);
  EXPECT_EQ(entries("proxy.exec").size(), 1U);
}

TEST_F(KubeUpgradeTest, SessionsAreLimitedAndLeaveTheirSeats) {
  const auto second = world.run(world.accounts.add_user(
      {.name = "second", .role = access::Role::kAdministrator}, {.must_change = false}));
  auto other = world.accounts.tokens().add(second->user.id, "t", std::chrono::hours(1))->text;
  std::vector<Decision> open;
  while (open.size() < kMaxKubeSessions) {  // half of them another's: no user has all
    std::swap(world.token, other);
    open.push_back(decide(exec("SPDY/3.1"), heading(101)));
    ASSERT_TRUE(std::holds_alternative<net::HttpServer::Takeover>(open.back())) << open.size();
  }
  const auto status = [&] {
    auto decision = decide(exec("SPDY/3.1"), heading(101));
    auto* response = std::get_if<net::HttpResponse>(&decision);
    return response ? response->status : 101;
  };
  EXPECT_EQ(status(), 429);
  open.pop_back();
  EXPECT_EQ(status(), 101);
}

TEST_F(KubeUpgradeTest, ACommandThatTheAuditLineWouldNotShowIsRefused) {
  const auto before = agent->streams.size();
  const std::string pod = "/api/v1/clusters/demo/proxy/api/v1/namespaces/a/pods/b/exec";
  for (const auto* rest : {"#?command=sh", "?a=1#&command=sh", "?a=1;command=sh"}) {
    auto decision = world.run(world.api.upgrade(exec("SPDY/3.1", pod + rest)));
    const auto* response = std::get_if<net::HttpResponse>(&decision);
    ASSERT_TRUE(response) << rest;
    EXPECT_EQ(response->status, 400) << rest;
  }
  EXPECT_EQ(agent->streams.size(), before);
  const auto decision = decide(exec("SPDY/3.1", pod + "?command=id%3Bls"), heading(101));
  EXPECT_TRUE(std::holds_alternative<net::HttpServer::Takeover>(decision));
  EXPECT_TRUE(agent->opened.back().http().path().ends_with("?command=id%3Bls"));
}

TEST_F(KubeUpgradeTest, TheCookieAloneAndAPageElsewhereOpenNothing) {
  const auto before = agent->streams.size();
  const auto status = [&](net::HttpRequest request) {
    auto decision = world.run(world.api.upgrade(std::move(request)));
    auto* response = std::get_if<net::HttpResponse>(&decision);
    return response ? response->status : 101;
  };
  auto user = world.run(world.accounts.login("admin", world.password, "127.0.0.1", &world.locked));
  ASSERT_TRUE(user);
  for (const auto* target :
       {kExec, "/api/v1/clusters/demo/proxy/api/v1/namespaces/a/services/b/proxy/"}) {
    auto request = exec("websocket", target);
    request.headers.erase("Authorization");
    request.headers.set("Cookie", std::string(kSessionCookie) + "=" + user->cookie);
    EXPECT_EQ(status(request), 401) << target;
    auto foreign = exec("websocket", target);
    foreign.headers.set("Origin", "https://evil.example");
    EXPECT_EQ(status(foreign), 403) << target;
  }
  EXPECT_EQ(status(exec("SPDY/3.1", "/api/v1/clusters/demo/proxy/api/v1/pods/%2e%2e/exec")), 400);
  EXPECT_EQ(
      status(exec("SPDY/3.1", "/api/v1/clusters/other/proxy/api/v1/namespaces/a/pods/b/exec")),
      404);
  EXPECT_EQ(status(exec("SPDY/3.1", "/api/v1/events")), 405);
  EXPECT_EQ(agent->streams.size(), before);
}

}  // namespace
}  // namespace slipway::http
