// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

class PublicApiTest : public ::testing::Test {
 protected:
  net::HttpResponse login(const std::string& password) {
    boost::json::object body{{"user", "admin"}, {"password", password}};
    return world.send(world.request("POST", "/api/v1/login", boost::json::serialize(body)));
  }
  std::string session() {
    auto set = std::string(login(world.password).headers.get("Set-Cookie"));
    return set.substr(0, set.find(';'));
  }
  net::HttpRequest with_cookie(const std::string& method, const std::string& target,
                               const std::string& body = {}) {
    auto request = world.request(method, target, body);
    request.headers.set("Cookie", "other=1; " + session());
    return request;
  }
  World world;
};

TEST_F(PublicApiTest, ALoginSetsACookieThatWorks) {
  auto response = login(world.password);
  ASSERT_EQ(response.status, 200) << response.text();
  const std::string set(response.headers.get("Set-Cookie"));
  for (const auto* part : {"slipway_session=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"}) {
    EXPECT_NE(set.find(part), std::string::npos) << part;
  }
  auto me = world.send(with_cookie("GET", "/api/v1/me"));
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(text_of(body_of(me), "by"), "session");
  EXPECT_EQ(me.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(me.headers.get("X-Content-Type-Options"), "nosniff");
}

TEST_F(PublicApiTest, FailedLoginsLockOutWithRetryAfter) {
  for (unsigned i = 0; i < access::kFailuresOfPair; ++i) EXPECT_EQ(login("wrong").status, 401);
  auto response = login(world.password);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(text_of(body_of(response), "type"), "urn:slipway:problem:locked_out");
  EXPECT_EQ(response.headers.get("Retry-After"), "30");
  EXPECT_EQ(world.audit.list({.action = "login"}).size(), access::kFailuresOfPair + 1);
}

TEST_F(PublicApiTest, ACookieWriteFromAnotherOriginIsRefused) {
  for (const auto* origin : {"https://evil.example", "http://127.0.0.1:8443", "null"}) {
    auto request = with_cookie("POST", "/api/v1/tokens", R"({"name":"x"})");
    request.headers.set("Origin", origin);
    EXPECT_EQ(world.send(std::move(request)).status, 403) << origin;
  }
  auto cross = with_cookie("POST", "/api/v1/tokens", R"({"name":"x"})");
  cross.headers.set("Sec-Fetch-Site", "cross-site");
  EXPECT_EQ(world.send(std::move(cross)).status, 403);
  auto own = with_cookie("POST", "/api/v1/tokens", R"({"name":"x"})");
  own.headers.set("Origin", "https://127.0.0.1:8443");
  EXPECT_EQ(world.send(std::move(own)).status, 201);
}

TEST_F(PublicApiTest, AWebSocketFromAnotherOriginIsRefused) {
  auto own = with_cookie("GET", "/api/v1/events");
  own.headers.set("Connection", "Upgrade");
  own.headers.set("Upgrade", "websocket");
  auto request = own;
  request.headers.set("Origin", "https://evil.example");
  auto refused = world.run(world.api.upgrade(std::move(request)));
  ASSERT_EQ(refused.index(), 0U);
  EXPECT_EQ(std::get<0>(refused).status, 403);
  auto other = own;
  other.headers.set("Upgrade", "SPDY/3.1");
  EXPECT_EQ(std::get<0>(world.run(world.api.upgrade(std::move(other)))).status, 426);
  auto opened = world.run(world.api.upgrade(std::move(own)));
  EXPECT_EQ(opened.index(), 1U);
}

TEST_F(PublicApiTest, TheProxyTakesNoCookie) {
  auto response = world.send(with_cookie("GET", "/api/v1/clusters/demo/proxy/api"));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(world.get("/api/v1/clusters/demo/proxy/api").status, 404) << "no such cluster";
}

TEST_F(PublicApiTest, LogoutEndsTheSession) {
  auto cookie = session();
  auto out = world.request("POST", "/api/v1/logout");
  out.headers.set("Cookie", cookie);
  EXPECT_EQ(world.send(std::move(out)).status, 204);
  auto me = world.request("GET", "/api/v1/me");
  me.headers.set("Cookie", cookie);
  EXPECT_EQ(world.send(std::move(me)).status, 401);
}

TEST_F(PublicApiTest, ABrokenBearerIsNotReplacedByTheCookie) {
  auto request = with_cookie("GET", "/api/v1/me");
  request.headers.set("Authorization", "Bearer slp_nonsense");
  EXPECT_EQ(world.send(std::move(request)).status, 401);
}

TEST_F(PublicApiTest, WritesAreAuditedWithOutcomeAndObject) {
  auto made = world.post("/api/v1/tokens", R"({"name":"ci"})");
  ASSERT_EQ(made.status, 201);
  world.post("/api/v1/tokens", R"({"nome":"ci"})");
  world.send(world.request("POST", "/api/v1/tokens", R"({"name":"ci"})"));
  auto rows = world.audit.list({.action = "token.create"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].entry.outcome, "ok");
  EXPECT_EQ(rows[2].entry.object, "tokens/" + text_of(body_of(made), "id"));
  EXPECT_EQ(rows[2].entry.actor, "admin");
  EXPECT_EQ(rows[1].entry.outcome, "invalid");
  EXPECT_EQ(rows[0].entry.outcome, "unauthenticated");
  EXPECT_EQ(rows[0].entry.actor, "-");
  EXPECT_FALSE(world.audit.verify().broken_at);
}

TEST_F(PublicApiTest, ABodyThatNobodyReadsIsRefused) {
  const auto made = world.post("/api/v1/tokens", R"({"name":"ci"})");
  ASSERT_EQ(made.status, 201);
  const auto token = "/api/v1/tokens/" + text_of(body_of(made), "id");
  const auto no = world.send(world.authorised("DELETE", token, R"({"dryRun":["All"]})"));
  EXPECT_EQ(no.status, 422) << no.text();
  EXPECT_EQ(text_of(body_of(no), "field"), "body");
  EXPECT_EQ(world.audit.list({.action = "token.delete"}).front().entry.outcome, "invalid");
  EXPECT_EQ(world.send(world.authorised("DELETE", token, " {}\n")).status, 204)
      << "some programs send that with everything";
}

TEST_F(PublicApiTest, WhatIsNoRequestGetsAProblemToo) {
  for (const auto& [status, type] : std::map<int, std::string>{{400, "invalid"},
                                                               {408, "timeout"},
                                                               {413, "too_large"},
                                                               {431, "too_large"},
                                                               {500, "internal"}}) {
    const auto response = PublicApi::refusal(status, "why \"it\" is");
    EXPECT_EQ(response.status, status);
    const auto problem = boost::json::parse(response.text()).as_object();
    EXPECT_EQ(problem.at("type").as_string(), "urn:slipway:problem:" + type);
    EXPECT_EQ(problem.at("detail").as_string(), "why \"it\" is");
    EXPECT_EQ(problem.at("requestId").as_string(), response.headers.get("X-Request-Id"));
    EXPECT_NE(problem.at("title").as_string(), status == 500 ? "" : "Internal error");
  }
}

TEST_F(PublicApiTest, MetricsCountByRouteNotByPath) {
  world.get("/api/v1/clusters/none");
  world.get("/nothing/here");
  auto text = world.send(world.request("GET", "/metrics")).text();
  EXPECT_NE(text.find(R"(route="/api/v1/clusters/{cluster}")"), std::string::npos);
  EXPECT_EQ(text.find("/nothing/here"), std::string::npos);
  EXPECT_EQ(world.send(world.request("GET", "/healthz")).text(), "ok\n");
  EXPECT_EQ(world.send(world.request("GET", "/readyz")).status, 200);
}

}  // namespace
}  // namespace slipway::http
