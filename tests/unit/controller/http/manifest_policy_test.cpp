// SPDX-License-Identifier: Apache-2.0
// Manifests for the namespaces of projects: what the rules refuse goes no further.
#include "controller/http/manifest_policy.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {
namespace {

constexpr auto kGood = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
)";
constexpr auto kBad = R"(apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: night}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          hostPID: true
          volumes: [{name: root, hostPath: {path: /}}]
)";

/// The cluster "demo" with the namespaces `own` of a project, `free` where all is allowed, `other`.
class ManifestPolicyTest : public ThroughAgentTest {
 public:
  ManifestPolicyTest() { EXPECT_TRUE(world.run(mirror_namespaces())); }

  base::Task<bool> mirror_namespaces() {
    wire::StreamOpen what;
    what.mutable_mirror()->set_cluster_id(cluster.value);
    namespaces = agent->link->open(std::move(what), false).value();
    std::vector<wire::MirrorRow> rows;
    for (const char* name : {"own", "free", "other"}) {
      auto& row = rows.emplace_back();
      row.mutable_meta()->set_uid(name);
      row.mutable_meta()->set_name(name);
      row.mutable_ns()->set_phase("Active");
      auto& labels = *row.mutable_meta()->mutable_labels();
      if (row.meta().name() != "other") labels["slipway.io/project"] = "p1";
      if (row.meta().name() == "free") labels["slipway.io/allow-privileged"] = "true";
    }
    (void)co_await namespaces->write(mirror::framed(mirror::batch(rows, true, true, "namespaces")));
    co_return co_await fakes::until(
        [this] { return world.mirror.count(cluster, "namespaces") == 3; });
  }

  std::optional<Problem> judged(const std::string& yaml, const std::string& in) {
    return check_policy(world.services, cluster, manifest::parse_manifest(yaml).value(), in);
  }

  link::StreamPtr namespaces;
};

TEST_F(ManifestPolicyTest, EachRefusalNamesDocumentRuleFieldAndWayOut) {
  auto request = world.authorised("POST", "/api/v1/clusters/demo/manifests?namespace=own",
                                  std::string(kGood) + kBad);
  request.headers.set("Content-Type", "application/yaml");
  const auto response = world.send(std::move(request));
  ASSERT_EQ(response.status, 403) << response.text();
  const auto problem = body_of(response);
  EXPECT_EQ(text_of(problem, "type"), "urn:slipway:problem:denied");
  EXPECT_EQ(text_of(problem, "field"), "spec.jobTemplate.spec.template.spec.hostPID");
  EXPECT_EQ(problem.at("line"), 5);
  EXPECT_NE(
      text_of(problem, "detail").find("document 2, CronJob night: the pod sees the processes"),
      std::string::npos)
      << response.text();
  const auto& refusals = problem.at("refusals").as_array();
  ASSERT_EQ(refusals.size(), 2U);
  const auto& second = refusals[1].as_object();
  EXPECT_EQ(second.at("document"), 2);
  EXPECT_EQ(text_of(second, "object"), "CronJob night");
  EXPECT_EQ(text_of(second, "rule"), "host-path");
  EXPECT_EQ(text_of(second, "field"), "spec.jobTemplate.spec.template.spec.volumes[0].hostPath");
  EXPECT_NE(text_of(second, "wayOut").find("slipway.io/allow-privileged=true"), std::string::npos);
}

TEST_F(ManifestPolicyTest, TheNamespaceThatItGoesToDecides) {
  EXPECT_TRUE(judged(kBad, "own"));
  EXPECT_FALSE(judged(kBad, "free"));
  EXPECT_FALSE(judged(kBad, "other"));
  EXPECT_FALSE(judged(kBad, ""));
  EXPECT_FALSE(judged(kBad, "unknown"));
  std::string named = kBad;
  named.replace(named.find("{name: night}"), 13, "{name: night, namespace: own}");
  EXPECT_TRUE(judged(named, "other"));
  EXPECT_FALSE(judged(kGood, "own"));
}

TEST_F(ManifestPolicyTest, NamespacesThemselvesAreNotJudgedHere) {
  EXPECT_FALSE(
      judged("apiVersion: v1\nkind: Namespace\nmetadata: {name: new, labels: "
             "{slipway.io/project: p}}\n",
             "own"));
}

TEST_F(ManifestPolicyTest, AFieldThatThisKubernetesLacksIsRefusedWithItsPlace) {
  const std::string stateful = R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  updateStrategy:
    rollingUpdate:
      maxUnavailable: 2
)";
  const auto problem = judged(stateful, "other");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->status, 422);
  EXPECT_EQ(problem->rule, "kubernetes-version");
  EXPECT_EQ(problem->field, "spec.updateStrategy.rollingUpdate.maxUnavailable");
  EXPECT_EQ(problem->line, 7U);
  EXPECT_THAT(problem->detail, testing::HasSubstr("Kubernetes 1.20 has no spec.updateStrategy"));
  const auto second = judged(std::string(kGood) + stateful, "other");
  ASSERT_TRUE(second);
  EXPECT_THAT(second->detail, testing::StartsWith("document 2, StatefulSet db: "));
  EXPECT_EQ(second->line, 11U);
}

TEST_F(ManifestPolicyTest, ManyRefusalsAreBounded) {
  std::string many;
  for (int i = 0; i < 150; ++i) many += "---\n" + std::string(kBad);
  const auto problem = judged(many, "own");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->refusals.size(), 100U);
}

}  // namespace
}  // namespace slipway::http
