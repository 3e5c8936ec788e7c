// SPDX-License-Identifier: Apache-2.0
// Manifests for the namespaces of projects: what the rules refuse goes no further.
#include "controller/http/manifest_policy.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controller/http/played_cluster.hpp"

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
class ManifestPolicyTest : public PlayedClusterTest {
 public:
  ManifestPolicyTest() {
    std::vector<wire::MirrorRow> rows{name_space("own", shop.id.value),
                                      name_space("free", shop.id.value), name_space("other", "")};
    (*rows[1].mutable_meta()->mutable_labels())["slipway.io/allow-privileged"] = "true";
    EXPECT_TRUE(world.run(tell("namespaces", rows)));
    wire::MirrorRow claim;
    claim.mutable_meta()->set_uid("claim");
    claim.mutable_meta()->set_name("data");
    claim.mutable_meta()->set_pod_namespace("own");
    claim.mutable_claim()->add_access_modes("ReadWriteOnce");
    EXPECT_TRUE(world.run(tell("persistentvolumeclaims", {claim})));
  }

  std::optional<Problem> judged(const std::string& yaml, const std::string& in) {
    const auto objects = manifest::parse_manifest(yaml).value();
    return world.run(check_policy(world.services, {{}, cluster, in}, objects));
  }

  net::HttpResponse applied(const std::string& yaml) {
    auto request = as("ann", "POST", "/api/v1/clusters/demo/manifests?namespace=own", yaml);
    request.headers.set("Content-Type", "application/yaml");
    return world.send(std::move(request));
  }
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

constexpr auto kShared = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: 2
  template:
    spec:
      containers: [{name: main, image: shop}]
      volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
)";
/// As the API server has it, with what it filled in.
std::string standing(const std::string& replicas, const std::string& more = {}) {
  return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","uid":"u"},
    "spec":{"replicas":)" +
         replicas + R"(,"strategy":{},"template":{"metadata":{"labels":{"a":"b"}},"spec":{)" +
         more + R"("containers":[{"name":"main","image":"shop","imagePullPolicy":"Always"}],
    "volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]}}}})";
}
constexpr auto kWeb = "/apis/apps/v1/namespaces/own/deployments/web";

TEST_F(ManifestPolicyTest, WhatStoodBeforeIsNoNewOffence) {
  EXPECT_EQ(body_of(applied(kShared)).at("refusals").at(0).at("rule"), "single-node-claim");
  objects[kWeb] = standing("1");
  EXPECT_EQ(applied(kShared).status, 403) << "it had one pod";
  objects[kWeb] = standing("2");
  const auto labelled = applied(kShared);
  EXPECT_EQ(labelled.status, 200) << labelled.text();
  EXPECT_EQ(reader, "slipway:" + users["ann"].id.value);
  std::string privileged = kShared;
  privileged.replace(privileged.find("containers:"), 11, "hostPID: true\n      containers:");
  EXPECT_EQ(applied(privileged).status, 403) << "that is new";
  objects[kWeb] = standing("2", R"("hostPID":true,)");
  EXPECT_EQ(applied(privileged).status, 200) << "and that is as it was";
  privileged.replace(privileged.find("image: shop"), 11, "image: shop:2");
  EXPECT_EQ(applied(privileged).status, 403) << "another template is judged as a whole";
}

TEST_F(ManifestPolicyTest, APortThatALoadBalancerHadItKeeps) {
  constexpr auto kUdp = R"(apiVersion: v1
kind: Service
metadata: {name: dns, labels: {a: b}}
spec: {type: LoadBalancer, ports: [{port: 53, protocol: UDP}, {port: 80}]}
)";
  EXPECT_EQ(body_of(applied(kUdp)).at("refusals").at(0).at("rule"), "load-balancer-tcp");
  objects["/api/v1/namespaces/own/services/dns"] = R"({"spec":{"type":"LoadBalancer","ports":
    [{"port":53,"protocol":"UDP","targetPort":53,"nodePort":30053}]}})";
  const auto labelled = applied(kUdp);
  EXPECT_EQ(labelled.status, 200) << labelled.text();
}

TEST_F(ManifestPolicyTest, WhatRulesSayNothingOfIsNotLookedAt) {
  ASSERT_EQ(applied(kGood).status, 200);
  EXPECT_TRUE(asked.empty());
  std::string odd = kShared;
  odd.replace(odd.find("name: web"), 9, "name: ../../../secrets/s");
  EXPECT_EQ(applied(odd).status, 422) << "a name that climbs is none, before any rule";
  EXPECT_TRUE(asked.empty()) << asked.front();
}

TEST_F(ManifestPolicyTest, ManyRefusalsAreBounded) {
  std::string many;
  for (int i = 0; i < 150; ++i) many += "---\n" + std::string(kBad);
  const auto problem = judged(many, "own");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->refusals.size(), 100U);
  asked.clear();
  EXPECT_EQ(applied(many).status, 403);
  EXPECT_EQ(asked.size(), static_cast<std::size_t>(kMostLooks));
}

}  // namespace
}  // namespace slipway::http
