// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/kubeconfig.hpp"

#include <gtest/gtest.h>

#include <map>

#include "agent/dns/dnsmasq_config.hpp"

namespace slipway::dns {
namespace {

base::Result<ApiAccess> parse(std::string_view yaml,
                              std::map<std::string, std::string> files = {}) {
  return parse_kubeconfig(yaml, [files](const std::string& path) -> base::Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return base::fail(base::ErrorCode::kNotFound, "no file " + path);
    return found->second;
  });
}

constexpr auto kKubelet = R"(
clusters: [{name: c, cluster: {certificate-authority-data: Y2E=, server: "https://10.0.0.5:6443"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users: [{name: u, user: {client-certificate: /pem, client-key: /pem}}]
)";

TEST(Kubeconfig, KubeletsNamesFiles) {
  const auto access = parse(kKubelet, {{"/pem", "both"}});
  ASSERT_TRUE(access.has_value());
  EXPECT_EQ(access->server.host, "10.0.0.5");
  EXPECT_EQ(access->server.port, 6443);
  EXPECT_EQ(access->tls.ca_pem, "ca");
  EXPECT_EQ(access->tls.certificate_pem, "both");
}

TEST(Kubeconfig, AMissingFileIsTheReason) {
  EXPECT_EQ(parse(kKubelet).error().code, base::ErrorCode::kNotFound);
}

TEST(Kubeconfig, WhatIsCutOffOrMalformedIsRefused) {
  const std::string whole = kKubelet;
  for (std::size_t length = 0; length + 60 < whole.size(); ++length)
    EXPECT_FALSE(parse(whole.substr(0, length), {{"/pem", "x"}}).has_value()) << length;
  for (const char* text : {"", "[]", "{", "current-context: x\ncontexts: 7\n", "\xFF\xFE",
                           "current-context: {a: b}\n"})
    EXPECT_FALSE(parse(text).has_value()) << text;
}

TEST(Dnsmasq, AnswersTheDomainItself) {
  const auto text =
      dnsmasq_config({"169.254.20.10", "cluster.local", kHostsDirectory, {"10.0.0.2"}});
  EXPECT_NE(text.find("listen-address=169.254.20.10\n"), std::string::npos);
  EXPECT_NE(text.find("local=/cluster.local/\n"), std::string::npos);
  EXPECT_NE(text.find("hostsdir=/run/slipway/dns\n"), std::string::npos);
  EXPECT_NE(text.find("server=10.0.0.2\n"), std::string::npos);
}

}  // namespace
}  // namespace slipway::dns
