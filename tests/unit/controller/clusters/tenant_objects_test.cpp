// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/tenant_objects.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace slipway::clusters {
namespace {

/// Every rule of a ClusterRole: "group/resource" with its verbs.
std::vector<std::pair<std::string, std::set<std::string>>> rules_of(const std::string& role) {
  std::vector<std::pair<std::string, std::set<std::string>>> all;
  for (const auto& object : YAML::LoadAll(tenant_roles())) {
    if (object["kind"].Scalar() != "ClusterRole") continue;
    if (!role.empty() && object["metadata"]["name"].Scalar() != role) continue;
    for (const auto& rule : object["rules"]) {
      std::set<std::string> verbs;
      for (const auto& verb : rule["verbs"]) verbs.insert(verb.Scalar());
      for (const auto& resource : rule["resources"]) {
        all.emplace_back(rule["apiGroups"][0].Scalar() + "/" + resource.Scalar(), verbs);
      }
    }
  }
  return all;
}

TEST(TenantObjects, NoRuleSaysAll) {
  EXPECT_GT(rules_of("").size(), 60U);
  for (const auto& [resource, verbs] : rules_of("")) {
    EXPECT_EQ(resource.find('*'), std::string::npos) << resource;
    EXPECT_FALSE(verbs.contains("*")) << resource;
    for (const auto* verb : {"impersonate", "bind", "escalate"}) {
      EXPECT_FALSE(verbs.contains(verb)) << resource;
    }
    EXPECT_EQ(resource.find("/proxy"), std::string::npos) << resource;
    EXPECT_FALSE(resource.starts_with("rbac.authorization.k8s.io")) << resource;
  }
}

TEST(TenantObjects, WhoReadsHasNeitherSecretsNorExecAndChangesNothing) {
  const std::set<std::string> reading{"get", "list", "watch"};
  for (const auto& [resource, verbs] : rules_of("slipway:project-reader")) {
    EXPECT_TRUE(std::ranges::includes(reading, verbs)) << resource;
    for (const auto* out : {"/secrets", "/pods/exec", "/pods/attach", "/pods/portforward"}) {
      EXPECT_NE(resource, out);
    }
  }
}

TEST(TenantObjects, MembersDoNotChangeTheNamespaceItsQuotasOrWhoMayDoWhat) {
  for (const auto& [resource, verbs] : rules_of("slipway:project-member")) {
    const bool kept =
        resource == "/namespaces" || resource == "/resourcequotas" || resource == "/limitranges";
    if (!kept) continue;
    EXPECT_EQ(verbs, (std::set<std::string>{"get", "list", "watch"})) << resource;
  }
}

TEST(TenantObjects, APlanIsBoundedAndEndsInNothing) {
  std::vector<TenantNamespace> namespaces;
  for (std::size_t i = 0; i < kMaxBindingsAtOnce; ++i) {
    namespaces.push_back({"n" + std::to_string(i), {"w"}, {"r"}});
  }
  std::vector<TenantBinding> there;
  for (int round = 0; round < 2; ++round) {
    const auto plan = plan_borders(namespaces, there);
    EXPECT_EQ(plan.apply.size(), kMaxBindingsAtOnce);
    EXPECT_TRUE(plan.remove.empty());
    there.insert(there.end(), plan.apply.begin(), plan.apply.end());
    EXPECT_EQ(YAML::LoadAll(to_yaml(plan.apply)).size(), kMaxBindingsAtOnce);
  }
  const auto plan = plan_borders(namespaces, there);
  EXPECT_TRUE(plan.apply.empty() && plan.remove.empty());
}

}  // namespace
}  // namespace slipway::clusters
