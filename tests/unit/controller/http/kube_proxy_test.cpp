// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_proxy.hpp"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

const access::User kAdmin{
    .id = {"u1"}, .name = "admin", .role = access::Role::kAdministrator, .created = {}};

std::multimap<std::string, std::string> sent(const net::Headers& headers) {
  wire::HttpOpen open;
  put_headers(headers, kAdmin, open);
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

TEST(KubeProxy, ExecAttachAndPortForwardAreKnownByPath) {
  EXPECT_TRUE(wants_upgrade("api/v1/namespaces/a/pods/b/exec"));
  EXPECT_TRUE(wants_upgrade("api/v1/namespaces/a/pods/b/attach"));
  EXPECT_TRUE(wants_upgrade("api/v1/namespaces/a/pods/b/portforward"));
  EXPECT_TRUE(wants_upgrade("api/v1/namespaces/a/pods/b/%65xec"));
  EXPECT_FALSE(wants_upgrade("api/v1/namespaces/exec/configmaps/exec"));
  EXPECT_FALSE(wants_upgrade("api/v1/namespaces/a/pods/b/log"));
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
  EXPECT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers.find("Accept")->second, "application/json");
  EXPECT_EQ(headers.find("Impersonate-User")->second, "slipway:u1");
  EXPECT_EQ(headers.find("Impersonate-Group")->second, "slipway:administrators");
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
