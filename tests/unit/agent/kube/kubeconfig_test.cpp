// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kubeconfig.hpp"

#include <gtest/gtest.h>

namespace slipway::kube {
namespace {

std::string config(const std::string& server = "https://10.0.0.5:6443") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
         "contexts:\n- {name: a, context: {cluster: k, user: admin}}\n"
         "clusters:\n- {name: other, cluster: {server: 'https://x'}}\n- name: k\n  cluster:\n"
         "    server: " +
         server +
         "\n    certificate-authority-data: Y2E=\n"
         "users:\n- name: admin\n  user:\n"
         "    client-certificate-data: Y2VydA==\n    client-key-data: a2V5\n";
}

TEST(Kubeconfig, ReadsTheCurrentContext) {
  auto parsed = parse_kubeconfig(config());
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->host, "10.0.0.5");
  EXPECT_EQ(parsed->port, 6443);
  EXPECT_EQ(parsed->ca_pem, "ca");
  EXPECT_EQ(parsed->certificate_pem, "cert");
  EXPECT_EQ(parsed->key_pem, "key");
}

TEST(Kubeconfig, ReadsServersOfEveryForm) {
  EXPECT_EQ(parse_kubeconfig(config("https://api.example.org"))->port, 443);
  EXPECT_EQ(parse_kubeconfig(config("https://[fd00::5]:6443/x"))->host, "fd00::5");
}

TEST(Kubeconfig, SaysWhatIsMissing) {
  for (const auto* part : {"current-context: a", "server: https", "certificate-authority-data",
                           "client-certificate-data", "client-key-data", "user: admin"}) {
    auto text = config();
    text.replace(text.find(part), 3, "xxx");
    auto refused = parse_kubeconfig(text);
    ASSERT_FALSE(refused) << part;
    EXPECT_EQ(refused.error().field, "kubeconfig") << part;
  }
  EXPECT_FALSE(parse_kubeconfig(""));
  EXPECT_FALSE(parse_kubeconfig(config("http://10.0.0.5:6443")));
  EXPECT_FALSE(parse_kubeconfig(config("https://10.0.0.5:99999")));
  EXPECT_FALSE(parse_kubeconfig(config("https://:6443")));
}

}  // namespace
}  // namespace slipway::kube
