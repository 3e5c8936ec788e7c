// SPDX-License-Identifier: Apache-2.0
// Who is told why a WebSocket is refused: our own page by a close frame, all others by an answer.
#include "controller/http/socket_refusal.hpp"

#include "protocol/wire/text.hpp"
#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

constexpr char kNoCluster[] = "/api/v1/clusters/none/namespaces/n/pods/p/exec?tty=true";
constexpr char kShell[] = "/api/v1/clusters/none/nodes/n/shell?reason=test";

class SocketRefusalTest : public ::testing::Test {
 protected:
  using Decision = net::HttpServer::Decision;

  std::string sign_in(const std::string& user, const std::string& password) {
    const auto body =
        boost::json::serialize(boost::json::object{{"user", user}, {"password", password}});
    const auto answer = world.send(world.request("POST", "/api/v1/login", body));
    EXPECT_EQ(answer.status, 200) << answer.text();
    const std::string set(answer.headers.get("Set-Cookie"));
    return set.substr(0, set.find(';'));
  }
  void add_user(const std::string& name, bool must_change) {
    const auto made = world.run(
        world.accounts.add_user({.name = name, .role = access::Role::kProjectMember},
                                {.password = "secret of " + name, .must_change = must_change}));
    ASSERT_TRUE(made) << made.error().message;
  }
  /// As a browser asks for a page of ours.
  net::HttpRequest page(const std::string& target, const std::string& cookie) {
    auto request = world.request("GET", target);
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "websocket");
    request.headers.set("Origin", "https://127.0.0.1:8443");
    request.headers.set("Cookie", cookie);
    request.headers.set("Sec-WebSocket-Protocol", "slipway.terminal.v1, slipway.refusal.v1");
    return request;
  }
  Decision ask(net::HttpRequest request) {
    return world.run(world.api.upgrade(std::move(request)));
  }
  net::HttpServer::Farewell told(net::HttpRequest request) {
    const auto decision = ask(std::move(request));
    const auto* farewell = std::get_if<net::HttpServer::Farewell>(&decision);
    EXPECT_NE(farewell, nullptr) << "an answer, or a session";
    return farewell == nullptr ? net::HttpServer::Farewell{} : *farewell;
  }
  int answered(net::HttpRequest request) {
    const auto decision = ask(std::move(request));
    const auto* answer = std::get_if<net::HttpResponse>(&decision);
    EXPECT_NE(answer, nullptr) << "it is accepted";
    if (answer == nullptr) return 0;
    EXPECT_EQ(answer->headers.get("Content-Type"), "application/problem+json");
    return answer->status;
  }
  World world;
};

TEST_F(SocketRefusalTest, APageIsToldByACloseFrame) {
  const auto cookie = sign_in("admin", world.password);
  const auto none = told(page(kNoCluster, cookie));
  EXPECT_EQ(none.code, 4404);
  EXPECT_EQ(none.protocol, "slipway.refusal.v1");
  const auto plain = ask([&] {
    auto request = world.authorised("GET", kNoCluster);
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "websocket");
    return request;
  }());
  EXPECT_EQ(none.reason, text_of(body_of(std::get<net::HttpResponse>(plain)), "detail"));
  EXPECT_NE(none.reason, "");
  EXPECT_EQ(told(page("/api/v1/nothing", cookie)).code, 4404);
  const auto wrong = told(page(std::string(kNoCluster) + "&rows=many", cookie));
  EXPECT_EQ(wrong.code, 4422);
  EXPECT_TRUE(wrong.reason.starts_with("rows ")) << wrong.reason;
  EXPECT_EQ(ask(page("/api/v1/events", cookie)).index(), 1U) << "what is allowed is a session";
}

TEST_F(SocketRefusalTest, WhoMayNotIsToldSo) {
  add_user("ann", false);
  add_user("new", true);
  const auto ann = told(page(kShell, sign_in("ann", "secret of ann")));
  EXPECT_EQ(ann.code, 4403);
  EXPECT_NE(ann.reason, "");
  const auto fresh = told(page("/api/v1/events", sign_in("new", "secret of new")));
  EXPECT_EQ(fresh.code, 4403);
  EXPECT_NE(fresh.reason.find("change your password"), std::string::npos) << fresh.reason;
  const auto gone = told(page("/api/v1/events", "slipway_session=of-last-week"));
  EXPECT_EQ(gone.code, 4401);
  EXPECT_EQ(world.audit.list({.action = "shell.open"}).front().entry.outcome, "denied")
      << "it is audited as an answer would be";
}

TEST_F(SocketRefusalTest, ProgramsGetAnAnswer) {
  const auto cookie = sign_in("admin", world.password);
  auto token = page(kNoCluster, cookie);
  token.headers.set("Authorization", "Bearer " + world.token);
  EXPECT_EQ(answered(std::move(token)), 404);
  auto broken = page(kNoCluster, cookie);
  broken.headers.set("Authorization", "Bearer slp_nonsense");
  EXPECT_EQ(answered(std::move(broken)), 401);
  auto nobody = page(kNoCluster, "other=1");
  EXPECT_EQ(answered(std::move(nobody)), 401);
  for (const auto* offered :
       {"slipway.terminal.v1", "", "slipway.refusal.v12", "x,slipway.refusal"}) {
    auto old = page(kNoCluster, cookie);
    old.headers.set("Sec-WebSocket-Protocol", offered);
    EXPECT_EQ(answered(std::move(old)), 404) << offered;
  }
  auto spdy = page(kNoCluster, cookie);
  spdy.headers.set("Upgrade", "SPDY/3.1");
  EXPECT_EQ(answered(std::move(spdy)), 426);
}

TEST_F(SocketRefusalTest, APageElsewhereIsNeverAccepted) {
  const auto cookie = sign_in("admin", world.password);
  for (const auto* target : {kNoCluster, "/api/v1/events"}) {
    for (const auto* origin : {"https://evil.example", "http://127.0.0.1:8443", "null"}) {
      auto request = page(target, cookie);
      request.headers.set("Origin", origin);
      EXPECT_EQ(answered(std::move(request)), 403) << origin;
    }
    auto cross = page(target, cookie);
    cross.headers.set("Sec-Fetch-Site", "cross-site");
    EXPECT_EQ(answered(std::move(cross)), 403);
  }
  auto gone = page("/api/v1/events", "slipway_session=of-last-week");
  gone.headers.set("Origin", "https://evil.example");
  EXPECT_EQ(answered(std::move(gone)), 401) << "not even to say that it is nobody";
  auto silent = page(kNoCluster, cookie);
  silent.headers.erase("Origin");
  EXPECT_EQ(answered(std::move(silent)), 404) << "no browser";
}

TEST_F(SocketRefusalTest, TheReasonFitsItsFrame) {
  const auto reason = [](std::string detail) {
    return farewell_of({.status = 409, .detail = std::move(detail)}).reason;
  };
  EXPECT_EQ(reason(std::string(123, 'a')), std::string(123, 'a'));
  EXPECT_EQ(reason(std::string(124, 'a')), std::string(123, 'a'));
  for (std::size_t before = 0; before < 4; ++before) {
    std::string detail(before, 'a');
    for (int i = 0; i < 100; ++i) detail += "错";
    const auto cut = reason(detail);
    EXPECT_TRUE(detail.starts_with(cut));
    EXPECT_LE(cut.size(), net::kMaxFarewellBytes);
    EXPECT_GT(cut.size(), net::kMaxFarewellBytes - 3);
    EXPECT_EQ(wire::clean_text(cut), cut) << "half a character";
  }
  const auto broken = reason("not \xff UTF-8");
  EXPECT_EQ(wire::clean_text(broken), broken);
  EXPECT_TRUE(broken.starts_with("not "));
}

}  // namespace
}  // namespace slipway::http
