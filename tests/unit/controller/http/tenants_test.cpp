// SPDX-License-Identifier: Apache-2.0
// What each role sees and changes: contents, where matrix_test.cpp has who is let through.
#include "tests/unit/controller/http/tenants.hpp"

#include <yaml-cpp/yaml.h>

namespace slipway::http {
namespace {

using Names = std::set<std::string>;

TEST_F(TenantsTest, ListsLeaveForeignThingsOut) {
  const std::string demo = "/clusters/demo";
  EXPECT_EQ(listed("admin", demo + "/namespaces", "name"),
            (Names{"default", "foreign", "kube-system", "odd", "own"}));
  EXPECT_EQ(listed("admin", demo + "/pods", "namespace"),
            (Names{"default", "foreign", "kube-system", "own"}));
  for (const auto* who : {"dan", "ann", "ray"}) {
    EXPECT_EQ(listed(who, demo + "/namespaces", "name"), Names{"own"}) << who;
    EXPECT_EQ(listed(who, demo + "/pods", "namespace"), Names{"own"}) << who;
    EXPECT_EQ(listed(who, demo + "/pods?namespace=foreign", "namespace"), Names{}) << who;
    EXPECT_EQ(listed(who, "/namespaces", "name"), Names{"own"}) << who;
    EXPECT_EQ(listed(who, "/projects", "name"), Names{"shop"}) << who;
    EXPECT_EQ(listed(who, "/departments", "name"), Names{"sales"}) << who;
  }
  EXPECT_EQ(listed("max", demo + "/pods", "namespace"), Names{"foreign"});
  EXPECT_EQ(listed("admin", "/cluster-names", "name"), (Names{"demo", "other"}));
  EXPECT_EQ(listed("dan", "/cluster-names", "name"), (Names{"demo", "other"}))
      << "may make namespaces anywhere";
  EXPECT_EQ(listed("ann", "/cluster-names", "name"), Names{"demo"});
  EXPECT_EQ(listed("dan", "/users", "name"), (Names{"ann", "dan", "ray"})) << "of the department";
}

TEST_F(TenantsTest, AMembershipHoldsAtOnceAndEndsAtOnce) {
  const std::string pods = "/clusters/demo/pods";
  const auto member = "/projects/" + rockets.id.value + "/members/ann";
  EXPECT_EQ(send("dan", "PUT", member, R"({"role":"read_only"})").status, 403) << "another's";
  EXPECT_EQ(send("admin", "PUT", member, R"({"role":"read_only"})").status, 200);
  EXPECT_EQ(listed("ann", pods, "namespace"), (Names{"foreign", "own"}));
  EXPECT_EQ(send("admin", "DELETE", member).status, 204);
  EXPECT_EQ(listed("ann", pods, "namespace"), Names{"own"});
  const auto own = "/projects/" + shop.id.value + "/members/";
  EXPECT_EQ(send("dan", "DELETE", own + "ann").status, 204);
  EXPECT_EQ(get("ann", pods).status, 404) << "nothing of hers is in that cluster";
  EXPECT_EQ(send("dan", "PUT", own + "max", R"({"role":"read_only"})").status, 404)
      << "a user of another department";
  EXPECT_EQ(send("dan", "PUT", own + "ray", R"({"role":"project_member"})").status, 422);
}

TEST_F(TenantsTest, ARefusalSaysWhoMay) {
  const auto refused = get("ann", "/clusters");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(body_of(refused), "detail"),
            "only administrators may do this; you are a project member");
  const auto foreign = get("ann", "/clusters/demo/namespaces/foreign/pods/web/log");
  const auto none = get("ann", "/clusters/demo/namespaces/none/pods/web/log");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(text_of(body_of(foreign), "detail"), text_of(body_of(none), "detail"))
      << "whether it is there is not told";
}

TEST_F(TenantsTest, AProjectOrDepartmentInUseStays) {
  auto refused = send("admin", "DELETE", "/projects/" + shop.id.value);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.text().find("demo/own"), std::string::npos) << refused.text();
  EXPECT_EQ(send("admin", "DELETE", "/departments/sales").status, 409);
  EXPECT_EQ(send("admin", "DELETE", "/users/admin").status, 409) << "oneself";
  EXPECT_EQ(send("admin", "PUT", "/users/admin", R"({"role":"read_only"})").status, 409);
}

TEST_F(TenantsTest, ANamespaceIsMadeWithTheLabelsOfItsProject) {
  agent->drop();
  const auto make = [&](const char* who, const std::string& body) {
    return send(who, "POST", "/clusters/demo/namespaces", body);
  };
  const auto with = [](const access::Project& project, const std::string& name = "fresh") {
    return R"({"name":")" + name + R"(","project":")" + project.id.value + "\"}";
  };
  EXPECT_EQ(make("dan", R"({"name":"fresh"})").status, 422) << "dan's are of a project";
  EXPECT_EQ(make("dan", with(rockets)).status, 403);
  EXPECT_EQ(make("ann", with(shop)).status, 403);
  EXPECT_EQ(make("admin", R"({"name":"fresh","project":"none"})").status, 422);
  EXPECT_EQ(make("admin", with(shop, "kube-node-lease")).status, 422);
  ASSERT_EQ(make("dan", with(shop)).status, 202);
  auto row = world.database->prepare("SELECT intent FROM intent_texts");
  ASSERT_TRUE(row.step());
  wire::Intent intent;
  ASSERT_TRUE(intent.ParseFromString(row.text(0)));
  const auto made = boost::json::parse(intent.request().body()).at("metadata").at("labels");
  EXPECT_EQ(made.at(kProjectLabel).as_string(), shop.id.value);
  EXPECT_EQ(made.at(kDepartmentLabel).as_string(), sales.id.value);
}

TEST_F(TenantsTest, AMembersManifestGoesInTheMembersName) {
  agent->drop();
  const auto apply = [&](const char* who, const std::string& text, const std::string& in = "") {
    auto request = as(who, "POST", "/api/v1/clusters/demo/manifests" + in, text);
    request.headers.set("Content-Type", "application/yaml");
    return world.send(std::move(request));
  };
  const std::string good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: own}\n";
  const std::string bad = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: ";
  for (const auto* where : {"foreign}\n", "kube-system}\n", "odd}\n", "none}\n", "''}\n"}) {
    const auto refused = apply("ann", good + bad + where);
    EXPECT_EQ(refused.status, where[0] == '\'' ? 422 : 403) << where << refused.text();
  }
  EXPECT_EQ(apply("ann", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n").status, 403)
      << "default is not hers";
  EXPECT_EQ(apply("ray", good).status, 403);
  ASSERT_EQ(apply("ann", good).status, 202);
  ASSERT_EQ(apply("ann", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "?namespace=own")
                .status,
            202);
  ASSERT_EQ(apply("admin", good).status, 202);
  std::vector<wire::Intent> intents;
  auto row = world.database->prepare("SELECT intent FROM intent_texts");
  while (row.step()) ASSERT_TRUE(intents.emplace_back().ParseFromString(row.text(0)));
  ASSERT_EQ(intents.size(), 3U);
  std::size_t of_tenants = 0;
  for (const auto& intent : intents) {
    if (!intent.has_tenant()) continue;
    ++of_tenants;
    EXPECT_EQ(intent.tenant().who().user(), "slipway:" + users["ann"].id.value);
    ASSERT_EQ(intent.tenant().who().groups_size(), 2);
    EXPECT_EQ(intent.tenant().who().groups(1), "slipway:" + shop.id.value + ":project_member");
  }
  EXPECT_EQ(of_tenants, 2U);
}

TEST_F(TenantsTest, AKubeconfigBeginsInANamespaceOfOnesOwnAndReachesNothingElse) {
  auto leaving = name_space("a-leaving-one", shop.id.value);
  leaving.mutable_meta()->set_deleted_utc_ms(1);
  ASSERT_TRUE(world.run(tell("namespaces", {leaving, name_space("own", shop.id.value),
                                            name_space("foreign", rockets.id.value)})));
  auto response = get("ann", "/clusters/demo/kubeconfig");
  ASSERT_EQ(response.status, 200) << response.text();
  const auto config = YAML::Load(response.text());
  EXPECT_EQ(config["contexts"][0]["context"]["namespace"].as<std::string>(), "own");
  tokens["kubectl"] = config["users"][0]["user"]["token"].as<std::string>();
  EXPECT_EQ(get("kubectl", "/clusters/demo/pods").status, 200);
  EXPECT_EQ(get("kubectl", "/clusters/other/pods").status, 404);
  EXPECT_EQ(send("kubectl", "POST", "/tokens", R"({"name":"more"})").status, 403);
  EXPECT_EQ(get("kubectl", "/clusters/demo/kubeconfig").status, 403);
  EXPECT_EQ(get("ann", "/clusters/demo/kubeconfig?namespace=foreign").status, 404);
}

TEST_F(TenantsTest, ATokensScopeIsCheckedWhenItIsMade) {
  const auto make = [&](const char* who, const std::string& scope) {
    return send(who, "POST", "/tokens", R"({"name":"t","scope":)" + scope + "}");
  };
  const auto of = [](const access::Project& project) {
    return R"({"project":")" + project.id.value + "\"}";
  };
  EXPECT_EQ(text_of(body_of(make("ann", of(rockets))), "field"), "scope.project");
  EXPECT_EQ(text_of(body_of(make("ann", R"({"cluster":"other"})")), "field"), "scope.cluster");
  EXPECT_EQ(text_of(body_of(make("ann", R"({"readonly":true})")), "field"), "scope.readonly");
  EXPECT_EQ(make("ann", "7").status, 422);
  auto made = make("admin", of(shop));
  ASSERT_EQ(made.status, 201) << made.text();
  tokens["ci"] = text_of(body_of(made), "token");
  EXPECT_EQ(listed("ci", "/clusters/demo/pods", "namespace"), Names{"own"});
  EXPECT_EQ(get("ci", "/clusters").status, 403);
  made = make("admin", R"({"readOnly":true})");
  tokens["look"] = text_of(body_of(made), "token");
  EXPECT_EQ(get("look", "/clusters").status, 200);
  EXPECT_EQ(send("look", "DELETE", "/clusters/demo").status, 403);
  EXPECT_EQ(send("look", "POST", "/logout").status, 403);
}

TEST_F(TenantsTest, ATokenThatOnlyReadsOpensNoShellOnANode) {
  const auto made = send("admin", "POST", "/tokens", R"({"name":"t","scope":{"readOnly":true}})");
  tokens["look"] = text_of(body_of(made), "token");
  const auto status = [&](const char* who) {
    auto request = as(who, "GET", "/api/v1/clusters/demo/nodes/demo-master-1/shell?reason=test");
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "websocket");
    const auto decision = world.run(world.api.upgrade(std::move(request)));
    const auto* response = std::get_if<net::HttpResponse>(&decision);
    return response == nullptr ? 101 : response->status;
  };
  EXPECT_EQ(status("look"), 403);
  ASSERT_EQ(audited("shell.open"), 1U);
  const auto entry = world.audit.list({.limit = 1, .action = "shell.open"}).front().entry;
  EXPECT_EQ(entry.outcome, "denied");
  EXPECT_NE(entry.detail.find("only reads"), std::string::npos) << entry.detail;
  EXPECT_EQ(status("admin"), 101);
}

TEST_F(TenantsTest, SessionsAndTokensAreOnesOwnAndTheAdministrators) {
  auto in = world.run(world.accounts.login("ann", "secret of ann", "192.0.2.9", &world.locked));
  ASSERT_TRUE(in);
  const auto session = *listed("ann", "/sessions", "id").begin();
  EXPECT_EQ(listed("admin", "/sessions?user=ann", "from"), Names{"192.0.2.9"});
  EXPECT_EQ(get("max", "/sessions?user=ann").status, 403);
  EXPECT_EQ(send("max", "DELETE", "/sessions/" + session).status, 404);
  EXPECT_EQ(send("admin", "DELETE", "/sessions/" + session).status, 204);
  EXPECT_FALSE(world.accounts.by_cookie(in->cookie));
  const auto token = *listed("admin", "/tokens?user=ann", "id").begin();
  EXPECT_EQ(send("max", "DELETE", "/tokens/" + token).status, 404);
  EXPECT_EQ(send("admin", "DELETE", "/tokens/" + token).status, 204);
  EXPECT_EQ(get("ann", "/me").status, 401);
}

TEST_F(TenantsTest, AForeignTerminalIsNotThereAndWhatNobodySaysIsNotKnown) {
  const std::string path = "/api/v1/clusters/demo/nodes/demo-master-1/terminals/t1";
  const auto status = [&](Serve serve) {
    return ask(as("ann", "DELETE", path), std::move(serve)).status;
  };
  const auto of = [](const std::string& user, const std::string& in) -> Serve {
    return [user, in](link::StreamPtr stream) -> base::Task<> {
      wire::StreamNote note;
      note.mutable_terminal()->set_id("t1");
      note.mutable_terminal()->set_user(user);
      note.mutable_terminal()->set_pod_namespace(in);
      (void)co_await stream->write(std::move(note));
      stream->finish();
    };
  };
  EXPECT_EQ(status(of("dan", "own")), 404) << "another user's";
  EXPECT_EQ(status(of("ann", "foreign")), 404) << "where she may open none any more";
  EXPECT_EQ(status([](link::StreamPtr stream) -> base::Task<> {
              stream->reset({base::ErrorCode::kInternal, "it does not say", {}});
              co_return;
            }),
            503);
  agent->drop();
  EXPECT_TRUE(world.run([](TenantsTest& test) -> base::Task<bool> {
    co_return co_await fakes::until([&] { return !test.world.links.facts(test.master).connected; });
  }(*this)));
  const auto away = world.send(as("ann", "DELETE", path));
  EXPECT_EQ(away.status, 503) << "a page that comes back must not give its own terminal up";
  EXPECT_NE(away.text().find("not known now"), std::string::npos) << away.text();
}

TEST_F(TenantsTest, RefusalsAreAuditedAndAReadOnlyOnceAMinute) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get("ann", "/clusters").status, 403);
  EXPECT_EQ(audited("access.refused"), 1U);
  world.clock.advance(kRefusalGrain);
  EXPECT_EQ(get("ann", "/clusters").status, 403);
  EXPECT_EQ(audited("access.refused"), 2U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send("ann", "DELETE", "/clusters/demo").status, 403);
  EXPECT_EQ(audited("cluster.delete"), 3U);
  const auto entry = world.audit.list({.limit = 1, .action = "cluster.delete"}).front().entry;
  EXPECT_EQ(entry.actor, "ann");
  EXPECT_EQ(entry.role, "project_member");
  EXPECT_EQ(entry.outcome, "denied");
  EXPECT_EQ(entry.cluster, "demo");
}

TEST_F(TenantsTest, KubectlIsRefusedInItsOwnWordsAndAudited) {
  const std::string proxy = "/clusters/demo/proxy/api/v1/namespaces/";
  auto refused = get("ann", proxy + "foreign/pods");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(body_of(refused), "kind"), "Status");
  EXPECT_EQ(text_of(body_of(refused), "reason"), "Forbidden");
  for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}) {
    EXPECT_EQ(send("ray", method, proxy + "own/pods/web/exec?command=id").status, 403) << method;
  }
  for (const auto* cluster : {"other", "none"}) {
    refused = get("ann", "/clusters/" + std::string(cluster) + "/proxy/api/v1/namespaces/x/pods");
    EXPECT_EQ(text_of(body_of(refused), "kind"), "Status") << cluster;
    EXPECT_EQ(refused.status, 403) << cluster << ": which clusters there are is not told";
  }
  EXPECT_EQ(audited("proxy.exec"), 7U);
  EXPECT_EQ(audited("proxy.refused"), 3U);
  EXPECT_EQ(world.audit.list({.limit = 1, .action = "proxy.exec"}).front().entry.name_space, "own");
  EXPECT_TRUE(agent->streams.empty()) << "nothing of it was even asked";
}

/// A socket of changes, as its page sees it.
struct Page {
  std::unique_ptr<net::Transport> end;
  base::Task<std::string> next() {
    auto message = co_await end->read();
    co_return message ? message->bytes : "closed";
  }
};

Page open_events(TenantsTest& test, const std::string& who) {
  auto request = test.as(who, "GET", "/api/v1/events");
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", "websocket");
  auto decision = test.world.run(test.world.api.upgrade(std::move(request)));
  auto& session = std::get<net::HttpServer::Session>(decision);
  auto [page, there] = net::transport_pair(test.world.io.get_executor());
  auto serve = [](net::HttpServer::Session of,
                  std::unique_ptr<net::Transport> end) -> base::Task<> {
    co_await of.run(std::move(end));  // which must outlive what it runs
  };
  test.world.tasks.spawn("events", serve(std::move(session), std::move(there)));
  return Page{std::move(page)};
}

TEST_F(TenantsTest, HowFreshAKindIsIsToldToWhoSeesSomethingOfItsCluster) {
  auto seen = open_events(*this, "ann");
  auto play = [](TenantsTest& test, Page& seen) -> base::Task<bool> {
    const auto other = test.world.clusters.get("other")->id.value;
    test.world.changes.publish({"freshness", "pods", other});
    test.world.changes.publish({"node", "demo-master-1", test.cluster.value});
    test.world.changes.publish({"freshness", "pods", test.cluster.value});
    test.world.changes.publish({"pod", "own/web", test.cluster.value});
    auto text = co_await seen.next();
    EXPECT_NE(text.find(R"("freshness")"), std::string::npos) << text;
    EXPECT_NE(text.find(test.cluster.value), std::string::npos) << text;
    text = co_await seen.next();
    EXPECT_NE(text.find("own/web"), std::string::npos) << text;
    seen.end->close();
    co_return true;
  };
  EXPECT_TRUE(world.run(play(*this, seen)));
}

TEST_F(TenantsTest, TheEventsSocketTellsOfOnesOwnNamespacesOnly) {
  auto seen = open_events(*this, "ann");
  auto play = [](TenantsTest& test, Page& seen) -> base::Task<bool> {
    const auto publish = [&](const char* topic, const std::string& id) {
      test.world.changes.publish({topic, id, test.cluster.value});
    };
    publish("cluster", test.cluster.value);
    publish("node", "demo-master-1");
    publish("pod", "foreign/web");
    publish("pod", "default/web");
    publish("namespace", "foreign");
    publish("pod", "own/web");
    publish("secret", "own/keys");
    auto text = co_await seen.next();
    EXPECT_NE(text.find("own/web"), std::string::npos) << text;
    text = co_await seen.next();
    EXPECT_NE(text.find("own/keys"), std::string::npos) << text;
    // A right that ends, ends here too.
    (void)test.tenancy().remove_member(test.shop.id, test.users["ann"].id);
    publish("pod", "own/other");
    (void)test.tenancy().set_member(test.rockets.id, test.users["ann"], access::Role::kReadOnly);
    co_await fakes::turns(50);
    publish("secret", "foreign/keys");  // who only reads does not even see their names
    publish("pod", "foreign/web");
    text = co_await seen.next();
    EXPECT_NE(text.find("foreign/web"), std::string::npos) << text;
    // That it went is news to who saw it.
    (void)co_await test.tell("namespaces", {test.name_space("own", test.shop.id.value)});
    text = co_await seen.next();
    EXPECT_NE(text.find(R"("namespace")"), std::string::npos) << text;
    EXPECT_NE(text.find("foreign"), std::string::npos) << text;
    seen.end->close();
    co_return true;
  };
  EXPECT_TRUE(world.run(play(*this, seen)));
}

TEST_F(TenantsTest, TheEventsSocketEndsWithItsToken) {
  auto seen = open_events(*this, "ann");
  auto play = [](TenantsTest& test, Page& seen) -> base::Task<bool> {
    const auto publish = [&] {
      test.world.changes.publish({"pod", "own/web", test.cluster.value});
    };
    publish();
    const auto text = co_await seen.next();
    EXPECT_NE(text.find("own/web"), std::string::npos) << text;
    test.world.accounts.tokens().remove_all(test.users["ann"].id);
    publish();
    EXPECT_EQ(co_await seen.next(), "closed");
    co_return true;
  };
  EXPECT_TRUE(world.run(play(*this, seen)));
}

}  // namespace
}  // namespace slipway::http
