// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_proxy_rules.hpp"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

Caller caller(access::Role role) {
  Caller made;
  made.user = {.id = {"u1"}, .name = "ann", .role = role, .created = {}};
  made.rights.role = role;
  return made;
}

std::multimap<std::string, std::string> sent(
    const net::Headers& headers, const Caller& by = caller(access::Role::kAdministrator)) {
  wire::HttpOpen open;
  put_headers(headers, identity_of(by, "c"), open);
  std::multimap<std::string, std::string> all;
  for (const auto& header : open.headers()) all.emplace(header.name(), header.value());
  return all;
}

TEST(KubeProxy, PathsThatCouldBeReadTwoWaysAreRefused) {
  for (const auto* bad : {"/api", "api//v1", "api/%2fv1", "api/%2Fv1", "api/../v1", "..", "api/..",
                          "api/./v1", "api/%2e%2e/v1", "api/%2E./v1", "api\\v1", "api%5cv1",
                          "api/%00", "api/%0a", "api/;x", "api/%252e%252e/v1", "api/%zz"}) {
    EXPECT_FALSE(api_path(bad)) << bad;
  }
  EXPECT_EQ(*api_path("api/v1/namespaces/a/pods"), "/api/v1/namespaces/a/pods");
  EXPECT_EQ(*api_path("apis/apps/v1/"), "/apis/apps/v1/");
  EXPECT_EQ(*api_path(""), "/");
  EXPECT_EQ(*api_path("api/v1/nodes/a%3Ab"), "/api/v1/nodes/a%3Ab");
}

TEST(KubeProxy, QueriesThatCouldBeReadTwoWaysAreRefused) {
  for (const auto* bad : {"/a?b=1;command=sh", "/a?;", "/a?b=1#&command=sh", "/a#?command=sh;"}) {
    const auto refused = api_query(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_TRUE(refused.error().message.starts_with("the path is refused: ")) << bad;
  }
  EXPECT_EQ(*api_query("/a"), "");
  EXPECT_EQ(*api_query("/a?"), "?");
  EXPECT_EQ(*api_query("/a?command=id%3B+ls&b=%23?"), "?command=id%3B+ls&b=%23?");
}

TEST(KubeProxy, ExecIsKnownByItsDecodedPathWhateverTheVerb) {
  for (const auto* path : {"api/v1/namespaces/a/pods/b/exec", "api/v1/namespaces/a/pods/b/%65xec",
                           "api/v1/namespaces/a/%70ods/b/ex%65c"}) {
    for (const auto* method : {"GET", "POST", "DELETE"}) {
      EXPECT_EQ(use_of(method, path, false).use, access::KubeUse::kExec) << method << " " << path;
      EXPECT_EQ(audit_action(method, use_of(method, path, true), true), "proxy.exec");
      EXPECT_EQ(audit_action(method, use_of(method, path, false), false), "proxy.exec");
    }
  }
  const auto plain = use_of("GET", "api/v1/namespaces/ex%65c/configmaps/exec", false);
  EXPECT_EQ(plain.use, access::KubeUse::kRead);
  EXPECT_EQ(plain.name_space, "exec");
}

TEST(KubeProxy, WhatReadsIsNotAudited) {
  using access::KubeUse;
  EXPECT_EQ(audit_action("GET", {KubeUse::kRead}, false), "");
  EXPECT_EQ(audit_action("GET", {KubeUse::kRead}, true), "");
  for (const auto* path : {"api/v1/namespaces/own/secrets", "api/v1/namespaces/own/secrets/keys",
                           "api/v1/secrets", "api/v1/watch/secrets"}) {
    EXPECT_EQ(audit_action("GET", use_of("GET", path, false), false), "proxy.secrets") << path;
    EXPECT_EQ(audit_action("GET", use_of("GET", path, true), true), "proxy.secrets") << path;
  }
  EXPECT_EQ(audit_action("PUT", use_of("PUT", "api/v1/namespaces/own/secrets/keys", false), false),
            "proxy.put");
  for (const auto* path : {"api/v1/namespaces/secrets", "apis/example.org/v1/secrets"}) {
    EXPECT_EQ(audit_action("GET", use_of("GET", path, false), false), "") << path;
  }
  EXPECT_EQ(audit_action("GET", {KubeUse::kProxy}, false), "");
  EXPECT_EQ(audit_action("POST", {KubeUse::kProxy}, false), "proxy.post");
  EXPECT_EQ(audit_action("GET", {KubeUse::kProxy}, true), "proxy.connect");
  EXPECT_EQ(audit_action("GET", {KubeUse::kConnect}, true), "proxy.connect");
  EXPECT_EQ(audit_action("DELETE", {KubeUse::kWrite}, false), "proxy.delete");
}

TEST(KubeProxy, WhatWaitsForNewsMayStaySilent) {
  const auto silent = [](const char* method, const char* path, Fields query = {}) {
    Call call;
    call.request.method = method;
    call.path = {{"cluster", "c"}, {"path", path}};
    call.query = std::move(query);
    return may_stay_silent(call);
  };
  const char* log = "api/v1/namespaces/a/pods/b/log";
  EXPECT_TRUE(silent("GET", log, {{"container", "c"}, {"follow", "true"}}));
  EXPECT_TRUE(silent("GET", log, {{"follow", "1"}}));
  EXPECT_TRUE(silent("GET", "api/v1/namespaces/a/pods/b/l%6fg", {{"follow", ""}}));
  EXPECT_TRUE(silent("GET", "apis/apps/v1/deployments", {{"watch", "True"}}));
  for (const auto* path : {"api/v1/namespaces/a/pods/b/proxy/x", "api/v1/nodes/n/proxy/logs",
                           "api/v1/namespaces/a/services/https:b:443/proxy"}) {
    EXPECT_TRUE(silent("GET", path)) << path;
    EXPECT_TRUE(silent("HEAD", path)) << path;
    EXPECT_FALSE(silent("POST", path)) << "its client's going does not end it: " << path;
  }
  EXPECT_FALSE(silent("GET", log));
  EXPECT_FALSE(silent("GET", log, {{"follow", "False"}}));
  EXPECT_FALSE(silent("GET", log, {{"follow", "0"}}));
  EXPECT_FALSE(silent("GET", "api/v1/namespaces/a/pods/b", {{"follow", "true"}}));
  EXPECT_FALSE(silent("GET", "api/v1/namespaces/log/pods", {{"watch", "false"}}));
  EXPECT_FALSE(silent("POST", "api/v1/namespaces/a/pods", {{"watch", "true"}}));
}

TEST(KubeProxy, AFirstTryByWebSocketIsNoDenial) {
  const auto answer = [](int status, const char* type) {
    net::HttpResponse response{.status = status};
    response.headers.set("Content-Type", type);
    return response;
  };
  EXPECT_TRUE(is_handshake_refusal("websocket", answer(400, "application/json")));
  EXPECT_TRUE(is_handshake_refusal("websocket", answer(403, "text/plain; charset=utf-8")));
  EXPECT_TRUE(is_handshake_refusal("websocket", answer(404, "application/json")));
  EXPECT_FALSE(is_handshake_refusal("websocket", answer(403, "application/json")));
  EXPECT_FALSE(is_handshake_refusal("websocket", answer(500, "text/plain")));
  EXPECT_FALSE(is_handshake_refusal("SPDY/3.1", answer(403, "text/plain")));
  EXPECT_FALSE(is_handshake_refusal("SPDY/3.1", answer(404, "application/json")));
}

TEST(KubeProxy, ASessionIsDescribedWithItsCommandAndWithinBounds) {
  EXPECT_EQ(describe_session({{"stdin", "true"},
                              {"command", "sh"},
                              {"container", "main"},
                              {"command", "-c"},
                              {"command", "id; ls"}}),
            "container main command: sh -c id; ls");
  EXPECT_EQ(describe_session({{"ports", "80"}, {"ports", "81"}}), "port 80 port 81");
  EXPECT_EQ(describe_session({}), "");
  EXPECT_LE(describe_session({{"command", std::string(100'000, 'x')}}).size(), 1100U);
  EXPECT_LE(describe_session({{"container", std::string(100'000, 'x')}}).size(), 2100U);
  link::Spliced told{.end = link::Spliced::End::kStream, .up_bytes = 7, .down_bytes = 9};
  EXPECT_EQ(describe_end(told, std::chrono::milliseconds{1234}, false),
            "1234 ms, 7 bytes in, 9 bytes out, the cluster ended it");
  told.end = link::Spliced::End::kBroken;
  EXPECT_TRUE(describe_end(told, {}, false).ends_with("the way to the cluster broke"));
  EXPECT_TRUE(describe_end(told, {}, true).ends_with("the right to it ended"));
}

TEST(KubeProxy, WhatTheClientNamesAsItsConnectionsOwnIsDropped) {
  const auto headers = sent({{"Connection", "close, X-Private"},
                             {"connection", "Impersonate-User"},
                             {"X-Private", "1"},
                             {"X-Other", "2"}});
  EXPECT_EQ(headers.count("X-Private"), 0U);
  EXPECT_EQ(headers.find("X-Other")->second, "2");
  EXPECT_EQ(headers.find("Impersonate-User")->second, "slipway:u1");
}

TEST(KubeProxy, IdentityIsTheCallersOwnAndNeverASystemOne) {
  const auto headers = sent({{"Authorization", "Bearer x"},
                             {"Cookie", "a=b"},
                             {"impersonate-user", "system:admin"},
                             {"IMPERSONATE-GROUP", "system:masters"},
                             {"Impersonate-Extra-scopes", "x"},
                             {"X-Remote-User", "root"},
                             {"X-Remote-Group", "system:masters"},
                             {"Connection", "close"},
                             {"Host", "h"},
                             {"Accept", "application/json"}});
  EXPECT_EQ(headers.size(), 4U);
  EXPECT_EQ(headers.find("Accept")->second, "application/json");
  EXPECT_EQ(headers.find("Impersonate-User")->second, "slipway:u1");
  const auto [first, last] = headers.equal_range("Impersonate-Group");
  const std::multimap<std::string, std::string> groups(first, last);
  EXPECT_EQ(groups, (std::multimap<std::string, std::string>{
                        {"Impersonate-Group", "slipway:users"},
                        {"Impersonate-Group", "slipway:administrators"}}));
}

TEST(KubeProxy, AMemberComesWithTheGroupsOfTheProjects) {
  auto ann = caller(access::Role::kProjectMember);
  ann.rights.projects = {{{"p"}, access::Role::kProjectMember}, {{"q"}, access::Role::kReadOnly}};
  const auto headers = sent({{"Impersonate-Group", "slipway:administrators"}}, ann);
  const auto [first, last] = headers.equal_range("Impersonate-Group");
  std::set<std::string> groups;
  for (auto at = first; at != last; ++at) groups.insert(at->second);
  EXPECT_EQ(groups, (std::set<std::string>{"slipway:users", "slipway:p:project_member",
                                           "slipway:q:read_only"}));
}

TEST(KubeProxy, AnswersAreSandboxed) {
  wire::HttpHead head;
  for (auto [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"Content-Type", "text/html"},
           {"Set-Cookie", "slipway_session=x"},
           {"Access-Control-Allow-Origin", "*"},
           {"Content-Security-Policy", "default-src *"},
           {"Transfer-Encoding", "chunked"}}) {
    auto* header = head.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  const auto headers = answer_headers(head);
  EXPECT_EQ(headers.get("Content-Type"), "text/html");
  EXPECT_EQ(headers.get("Content-Security-Policy"), "sandbox");
  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(headers.has("Set-Cookie"));
  EXPECT_FALSE(headers.has("Access-Control-Allow-Origin"));
  EXPECT_FALSE(headers.has("Transfer-Encoding"));
}

}  // namespace
}  // namespace slipway::http
