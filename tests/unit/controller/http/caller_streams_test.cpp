// SPDX-License-Identifier: Apache-2.0
// What was opened by a right and goes on: it ends with the right, and nobody has all of a link.
#include "controller/http/caller_streams.hpp"

#include "controller/http/kube_stream.hpp"
#include "tests/fakes/byte_pipe.hpp"
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {
namespace {

class CallerStreamsTest : public TenantsTest {
 public:
  using Decision = net::HttpServer::Decision;

  bool comes(std::function<bool()> done) {
    return world.run([](std::function<bool()> what) -> base::Task<bool> {
      co_return co_await fakes::until(what);
    }(std::move(done)));
  }
  /// An agent that answers with a head and goes on for ever.
  static Serve going_on(int status) {
    return [status](link::StreamPtr stream) -> base::Task<> {
      wire::StreamNote note;
      note.mutable_head()->set_status(static_cast<std::uint32_t>(status));
      (void)co_await stream->write(std::move(note));
    };
  }
  static Serve one_line() {
    return [](link::StreamPtr stream) -> base::Task<> { (void)co_await stream->write("a line\n"); };
  }
  net::HttpResponse watch(const std::string& who, const std::string& path) {
    auto response =
        ask(as(who, "GET", "/api/v1/clusters/demo/proxy" + path + "?watch=true"), going_on(200));
    EXPECT_EQ(response.status, 200) << who << " " << path;
    return response;
  }
  Decision upgrade(net::HttpRequest request, const std::string& protocol, Serve serve) {
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", protocol);
    serving = std::move(serve);
    auto play = [](CallerStreamsTest& test, std::size_t at, bool& served) -> base::Task<> {
      if (!co_await fakes::until([&] { return test.agent->streams.size() > at; })) co_return;
      co_await test.serving(test.agent->streams[at]);
      served = true;
    };
    bool served = false;
    world.tasks.spawn("agent", play(*this, agent->streams.size(), served));
    auto decision = world.run(world.api.upgrade(std::move(request)));
    EXPECT_TRUE(comes([&] { return served; }))
        << "a terminal is opened without waiting for the agent";
    return decision;
  }
  /// How many a round has ended.
  std::size_t renewed() {
    return world.run([](CallerStreams& streams) -> base::Task<std::size_t> {
      std::size_t ended = 0;
      co_await streams.renew([&](const Call&, const base::Error&) { ++ended; });
      co_return ended;
    }(world.streams));
  }
  void audit_round() {
    world.run([](Services& services) -> base::Task<bool> {
      co_await end_with_rights(services);
      co_return true;
    }(world.services));
  }
  /// What the body says next: its error, where it was ended.
  base::Error end_of(net::HttpResponse& response) {
    auto read = [](net::BodySource& body) -> base::Task<base::Error> {
      for (;;) {
        auto piece = co_await body.next();
        if (!piece) co_return piece.error();
        if (!*piece) co_return base::Error{base::ErrorCode::kInternal, "it ended well", {}};
      }
    };
    return world.run(read(*std::get<1>(response.body)));
  }
  /// Whether the other end of the agent's last stream has gone.
  bool agent_is_told() {
    return comes([stream = agent->streams.back()] { return stream->failed(); });
  }
  void leave_shop(const std::string& who) {
    ASSERT_EQ(send("admin", "DELETE", "/projects/" + shop.id.value + "/members/" + who).status,
              204);
  }

  /// A call as a stream is opened for, and the stream.
  Call call_of(const std::string& who) {
    Call call;
    call.request = as(who, "GET", "/api/v1/clusters/demo/namespaces/own/pods/web/log");
    call.path = {{"cluster", "demo"}, {"namespace", "own"}, {"pod", "web"}};
    call.caller.user = users.at(who);
    return call;
  }
  base::Result<link::StreamPtr> open(const std::string& who, bool interactive = false) {
    wire::StreamOpen what;
    what.mutable_logs();
    return world.streams.open(call_of(who), master, std::move(what), interactive,
                              may_do(world.services, Needs::kRead, false));
  }
  void let_the_link_catch_up() {
    world.run([]() -> base::Task<bool> {
      co_await fakes::turns(20);
      co_return true;
    }());
  }
};

TEST_F(CallerStreamsTest, AMembershipThatEndsEndsWhatGoesOn) {
  auto pods = watch("ann", "/api/v1/namespaces/own/pods");
  auto log = ask(as("ann", "GET", "/api/v1/clusters/demo/namespaces/own/pods/web/log?follow=true"),
                 one_line());
  auto others = watch("dan", "/api/v1/namespaces/own/pods");
  auto exec =
      upgrade(as("ann", "POST",
                 "/api/v1/clusters/demo/proxy/api/v1/namespaces/own/pods/web/exec?command=a"),
              "SPDY/3.1", going_on(101));
  ASSERT_TRUE(std::holds_alternative<net::HttpServer::Takeover>(exec));
  const auto shell =
      upgrade(as("ann", "GET", "/api/v1/clusters/demo/namespaces/own/pods/web/exec?tty=true"),
              "websocket", one_line());
  ASSERT_TRUE(std::holds_alternative<net::HttpServer::Session>(shell));
  EXPECT_EQ(renewed(), 0U) << "nothing has changed";

  leave_shop("ann");
  audit_round();
  ASSERT_EQ(audited("access.ended"), 4U);  // who is not ended says nothing, for ever
  EXPECT_TRUE(agent_is_told());
  EXPECT_EQ(end_of(pods).code, base::ErrorCode::kDenied);
  const auto why = end_of(log);
  EXPECT_EQ(why.code, base::ErrorCode::kDenied);
  EXPECT_TRUE(why.message.starts_with("you may not any more: ")) << why.message;
  const auto entry = world.audit.list({.limit = 1, .action = "access.ended"}).front().entry;
  EXPECT_EQ(entry.actor, "ann");
  EXPECT_EQ(entry.outcome, "denied");
  EXPECT_EQ(entry.cluster, "demo");
  EXPECT_TRUE(entry.object.starts_with("clusters/demo/")) << entry.object;
  EXPECT_EQ(entry.object.find('?'), std::string::npos) << entry.object;
  audit_round();
  EXPECT_EQ(audited("access.ended"), 4U) << "once each; the department's administrator goes on";
}

TEST_F(CallerStreamsTest, ASessionWhoseRightEndedIsToldAsThat) {
  auto exec =
      upgrade(as("ann", "POST",
                 "/api/v1/clusters/demo/proxy/api/v1/namespaces/own/pods/web/exec?command=a"),
              "SPDY/3.1", going_on(101));
  auto* takeover = std::get_if<net::HttpServer::Takeover>(&exec);
  ASSERT_TRUE(takeover);
  fakes::BytePipe pipe(world.io.get_executor());
  bool over = false;
  auto session = [](base::Task<> run, bool& ended) -> base::Task<> {
    co_await std::move(run);
    ended = true;
  };
  world.tasks.spawn("session", session(takeover->run(std::move(pipe.far)), over));
  let_the_link_catch_up();
  leave_shop("ann");
  audit_round();
  EXPECT_TRUE(comes([&] { return over; }));
  exec = net::HttpResponse{};
  const auto entries = world.audit.list({.limit = 9, .action = "proxy.exec"});
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.outcome, "denied");
  EXPECT_TRUE(entries[0].entry.detail.ends_with("the right to it ended"))
      << entries[0].entry.detail;
}

TEST_F(CallerStreamsTest, AQuietLogIsWaitedForUntilItsRightOrItsLinkEnds) {
  using Answered = std::optional<base::Result<net::HttpResponse>>;
  const auto ask_dans = [this](Fields query, Answered& answer) -> base::Task<> {
    auto call = call_of("dan");
    call.path = {{"cluster", "demo"}, {"path", "api/v1/namespaces/own/pods/web/log"}};
    call.query = std::move(query);
    call.caller.rights = *world.accounts.rights_again({.user = users["dan"], .rights = {}});
    answer = co_await exchange_kube(world.services, call, std::chrono::milliseconds{20});
  };
  const auto ask_anns = [this](Answered& answer) -> base::Task<> {
    const auto* log = "/api/v1/clusters/demo/proxy/api/v1/namespaces/own/pods/web/log?follow=true";
    answer = co_await world.api.answer(as("ann", "GET", log));
  };
  Answered anns;
  Answered dans;
  Answered plain;
  world.tasks.spawn("ann's log", ask_anns(anns));
  world.tasks.spawn("dan's log", ask_dans({{"follow", "true"}}, dans));
  let_the_link_catch_up();
  EXPECT_TRUE(agent->opened.back().http().may_stay_silent());
  world.tasks.spawn("dan's log as it is", ask_dans({}, plain));
  ASSERT_TRUE(comes([&] { return plain.has_value(); }));
  ASSERT_FALSE(*plain);
  EXPECT_EQ(plain->error().code, base::ErrorCode::kTimeout) << "its limit came after the log's";
  EXPECT_FALSE(agent->opened.back().http().may_stay_silent());
  EXPECT_FALSE(anns || dans);
  leave_shop("ann");
  EXPECT_EQ(renewed(), 1U);
  ASSERT_TRUE(comes([&] { return anns.has_value(); }));
  EXPECT_EQ((*anns)->status, 403);
  EXPECT_EQ(text_of(body_of(**anns), "kind"), "Status") << "kubectl reads no other";
  EXPECT_FALSE(dans);
  agent->drop();
  ASSERT_TRUE(comes([&] { return dans.has_value(); }));
  EXPECT_EQ(dans->error().code, base::ErrorCode::kUnavailable);
}

TEST_F(CallerStreamsTest, WhoComesWithLessThanTheServerJudgedByIsEnded) {
  add("eve", access::Role::kAdministrator, {});
  auto secrets = watch("eve", "/api/v1/secrets");
  ASSERT_TRUE(world.accounts.set_role(users["eve"].id, access::Role::kProjectMember, {}));
  join(shop, "eve", access::Role::kProjectMember);  // who may still ask for what is of no namespace
  ASSERT_EQ(renewed(), 1U);
  EXPECT_EQ(end_of(secrets).code, base::ErrorCode::kDenied);

  auto pods = watch("ann", "/api/v1/namespaces/own/pods");
  join(rockets, "ann", access::Role::kReadOnly);
  EXPECT_EQ(renewed(), 0U) << "more is no less";
  join(shop, "ann", access::Role::kReadOnly);
  EXPECT_EQ(renewed(), 1U);
}

TEST_F(CallerStreamsTest, WhoGetsMoreGoesOn) {
  auto pods = watch("ray", "/api/v1/namespaces/own/pods");
  const auto member =
      world.accounts.set_role(users["ray"].id, access::Role::kProjectMember, sales.id);
  ASSERT_TRUE(member);
  users["ray"] = *member;
  join(shop, "ray", access::Role::kProjectMember);
  EXPECT_EQ(renewed(), 0U);
  ASSERT_TRUE(world.accounts.set_role(users["ray"].id, access::Role::kAdministrator, {}));
  EXPECT_EQ(renewed(), 0U) << "who comes as an administrator bears no other group";
}

TEST_F(CallerStreamsTest, AChangeThatIsUnderWayIsLeftToItsEnd) {
  const auto open = [&](const std::string& method) {
    auto call = call_of("ann");
    call.request.method = method;
    call.path = {{"cluster", "demo"}, {"path", "api/v1/namespaces/own/pods/web"}};
    call.caller.rights = *world.accounts.rights_again({.user = users["ann"], .rights = {}});
    return open_kube_stream(world.services, call, "", false);
  };
  const auto change = open("PATCH");
  const auto look = open("GET");
  ASSERT_TRUE(change && look);
  leave_shop("ann");
  EXPECT_EQ(renewed(), 1U);
  EXPECT_TRUE((*look)->failed());
  EXPECT_FALSE((*change)->failed());
}

TEST_F(CallerStreamsTest, ATokenOrLoginThatEndsEndsWhatItOpened) {
  auto pods = watch("ann", "/api/v1/namespaces/own/pods");
  const auto other = world.accounts.tokens().list(users["ann"].id).front().id;
  ASSERT_TRUE(world.accounts.tokens().add(users["ann"].id, "second", std::chrono::hours(1)));
  ASSERT_TRUE(world.accounts.tokens().remove(users["ann"].id, other));
  ASSERT_EQ(renewed(), 1U);
  EXPECT_EQ(end_of(pods).message,
            "you may not any more: the login or token that it was opened with has ended");

  const auto by_cookie = [&] {
    auto login = world.run(world.accounts.login("ann", "secret of ann", "::1", &world.locked));
    auto request = world.request("GET", "/api/v1/clusters/demo/namespaces/own/pods/web/exec");
    request.headers.set("Cookie", std::string(kSessionCookie) + "=" + login->cookie);
    request.headers.set("Origin", "https://127.0.0.1:8443");
    auto shell = upgrade(std::move(request), "websocket", one_line());
    EXPECT_TRUE(std::holds_alternative<net::HttpServer::Session>(shell));
    EXPECT_EQ(renewed(), 0U);
    return std::pair(login->cookie, std::move(shell));
  };
  {
    const auto [cookie, shell] = by_cookie();
    world.accounts.logout(cookie);
    EXPECT_EQ(renewed(), 1U);
  }
  const auto [cookie, shell] = by_cookie();
  world.clock.advance(access::kSessionIdle);
  EXPECT_EQ(renewed(), 1U) << "nobody has used that login";
}

TEST_F(CallerStreamsTest, AFollowedLogIsNotOpenedAnewForWhoMayNotReadIt) {
  const auto before = agent->streams.size();
  auto log = ask(as("ann", "GET", "/api/v1/clusters/demo/namespaces/own/pods/web/log?follow=true"),
                 [](link::StreamPtr stream) -> base::Task<> {
                   wire::StreamNote place;
                   place.mutable_log_position()->set_offset(10);
                   (void)co_await stream->write(std::move(place));
                   co_await fakes::turns(100);
                   stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
                 });
  leave_shop("ann");
  EXPECT_EQ(end_of(log).code, base::ErrorCode::kDenied);
  EXPECT_EQ(agent->streams.size(), before + 1);
}

TEST_F(CallerStreamsTest, NobodyIsEndedByANamespaceThatWasNotSeen) {
  const base::Result<> denied = base::fail(base::ErrorCode::kDenied, "no");
  const auto code = [&](const char* in, const char* name_space) {
    return if_known(world.services, in, name_space, denied).error().code;
  };
  EXPECT_EQ(code("demo", "none"), base::ErrorCode::kDenied) << "what there is, is known";
  EXPECT_EQ(code("other", "own"), base::ErrorCode::kUnavailable);
  EXPECT_EQ(code("other", ""), base::ErrorCode::kUnavailable);
  EXPECT_EQ(code("gone", "own"), base::ErrorCode::kDenied);
  EXPECT_TRUE(if_known(world.services, "other", "own", {}));
}

TEST_F(CallerStreamsTest, WhatHangsOnNoNamespaceIsDecidedAtOnce) {
  const auto may = [&](const std::string& who, Needs act, Arguments path) {
    Call call;
    call.path = std::move(path);
    call.caller.rights = *world.accounts.rights_again({.user = users[who], .rights = {}});
    const auto allowed = may_do(world.services, act, true)(call);
    return allowed ? "yes" : std::string(base::name_of(allowed.error().code));
  };
  const Arguments node{{"cluster", "other"}, {"node", "other-master-1"}};
  const Arguments pod{{"cluster", "other"}, {"namespace", "unseen"}, {"pod", "web"}};
  EXPECT_EQ(may("ann", Needs::kAdminister, node), "denied") << "a shell on a node";
  EXPECT_EQ(may("ann", Needs::kExec, pod), "unavailable");
  EXPECT_EQ(may("ray", Needs::kExec, pod), "denied") << "who reads opens none anywhere";
}

TEST_F(CallerStreamsTest, OneUserHasAShareOfALinkAndNoMore) {
  std::vector<link::StreamPtr> anns;
  while (anns.size() < kMaxStreamsOfUser) {
    auto one = open("ann");
    ASSERT_TRUE(one) << anns.size();
    anns.push_back(std::move(*one));
    if (anns.size() % 64 == 0) let_the_link_catch_up();
  }
  EXPECT_EQ(open("ann").error().code, base::ErrorCode::kExhausted);
  EXPECT_EQ(open("ann", true).error().code, base::ErrorCode::kExhausted);
  const auto refused = get("ann", "/clusters/demo/proxy/api/v1/namespaces/own/pods");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(text_of(body_of(refused), "kind"), "Status") << "kubectl reads no other";
  EXPECT_EQ(text_of(body_of(refused), "reason"), "TooManyRequests");
  EXPECT_TRUE(open("dan")) << "others have theirs";
  anns.pop_back();
  EXPECT_TRUE(open("ann"));
}

TEST_F(CallerStreamsTest, AllTogetherLeaveRoomForTerminals) {
  std::vector<link::StreamPtr> all;
  for (const auto* who : {"ann", "dan", "max"}) {
    for (std::size_t i = 0; i < kMaxBulkStreams / 3; ++i) {
      auto one = open(who);
      ASSERT_TRUE(one) << who << " " << i;
      all.push_back(std::move(*one));
      if (i % 64 == 0) let_the_link_catch_up();
    }
  }
  EXPECT_EQ(open("ray").error().code, base::ErrorCode::kExhausted);
  EXPECT_TRUE(open("ray", true)) << "a terminal";
  auto claimed = as("admin", "GET",
                    "/api/v1/clusters/demo/proxy/api/v1/namespaces/own/pods?watch=true&tty=true");
  claimed.headers.set("Connection", "Upgrade");
  claimed.headers.set("Upgrade", "websocket");
  auto decision = world.run(world.api.upgrade(std::move(claimed)));
  const auto* refused = std::get_if<net::HttpResponse>(&decision);
  ASSERT_TRUE(refused) << "a watch that calls itself a terminal is none";
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(text_of(body_of(*refused), "reason"), "TooManyRequests");
  all.pop_back();
  EXPECT_TRUE(open("ray"));
}

TEST_F(CallerStreamsTest, AResumableTerminalIsNamedInTheLogHoweverLate) {
  auto opened = upgrade(as("ann", "GET",
                           "/api/v1/clusters/demo/namespaces/own/pods/web/exec"
                           "?tty=true&resumable=true"),
                        "websocket", [](link::StreamPtr) -> base::Task<> { co_return; });
  auto* session = std::get_if<net::HttpServer::Session>(&opened);
  ASSERT_TRUE(session);
  auto [page, there] = net::transport_pair(world.io.get_executor());
  bool over = false;
  auto serve = [](net::HttpServer::Session& of, std::unique_ptr<net::Transport> end,
                  bool& ended) -> base::Task<> {
    co_await of.run(std::move(end));
    ended = true;
  };
  world.tasks.spawn("terminal", serve(*session, std::move(there), over));
  let_the_link_catch_up();
  EXPECT_EQ(audited("exec.session"), 0U);
  auto name = [](link::StreamPtr stream, net::Transport& end, bool& ended) -> base::Task<bool> {
    wire::StreamNote note;
    note.mutable_attached()->set_id("t1");
    (void)co_await stream->write(std::move(note));
    (void)co_await end.read();
    end.close();
    co_return co_await fakes::until([&] { return ended; });
  };
  EXPECT_TRUE(world.run(name(agent->streams.back(), *page, over)));
  const auto entries = world.audit.list({.limit = 9, .action = "exec.session"});
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.detail, "terminal t1");
  EXPECT_EQ(entries[0].entry.name_space, "own");
}

}  // namespace
}  // namespace slipway::http
