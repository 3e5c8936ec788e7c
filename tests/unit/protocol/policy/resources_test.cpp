// SPDX-License-Identifier: Apache-2.0
// Claims of one node, what classes offer, and what load balancers carry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/policy/resource_rules.hpp"
#include "tests/unit/protocol/policy/judged.hpp"

namespace slipway::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const std::map<std::string, std::vector<std::string>> kClaims{
    {"once", {"ReadWriteOnce"}},
    {"pod", {"ReadWriteOncePod"}},
    {"many", {"ReadWriteMany"}},
    {"both", {"ReadWriteOnce", "ReadWriteMany"}},
    {"none", {}}};

std::vector<Refusal> judge(Kind kind, const json::value& object, ResourceFacts facts,
                           const std::optional<json::value>& old = std::nullopt) {
  return resource_refusals({.group = kind.first,
                            .kind = kind.second,
                            .object = object,
                            .old = old ? &*old : nullptr,
                            .asker = kTenant},
                           facts);
}

std::vector<std::pair<std::string, std::string>> refused_resource(
    Kind kind, const json::value& object, const ResourceFacts& facts,
    const std::optional<json::value>& old = std::nullopt) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto& one : judge(kind, object, facts, old)) all.emplace_back(one.rule, one.field);
  return all;
}

json::value sharing(Kind kind, const std::string& count, const std::string& claim) {
  const auto spec = "{" + count + (count.empty() ? "" : ", ") +
                    "template: {spec: {volumes: [{emptyDir: {}}, {persistentVolumeClaim: "
                    "{claimName: " +
                    claim + "}}]}}}";
  const bool nested = kind.second == "CronJob";
  return yaml(nested ? "{spec: {jobTemplate: {spec: " + spec + "}}}" : "{spec: " + spec + "}");
}

struct Case {
  Kind kind;
  const char* count;
  const char* field;
};
constexpr Case kCases[] = {
    {{"apps", "Deployment"}, "replicas: 2", "spec.replicas"},
    {{"extensions", "Deployment"}, "replicas: 2", "spec.replicas"},
    {{"batch", "Job"}, "parallelism: 3", "spec.parallelism"},
    {{"batch", "CronJob"}, "parallelism: 2", "spec.jobTemplate.spec.parallelism"},
};

TEST(SharedClaims, OfOneNodeAreForOnePod) {
  const ResourceFacts facts{.claims = kClaims};
  for (const auto& one : kCases) {
    for (const auto* claim : {"once", "pod"}) {
      EXPECT_THAT(refused_resource(one.kind, sharing(one.kind, one.count, claim), facts),
                  ElementsAre(Pair("single-node-claim", one.field)))
          << one.kind.second;
    }
    for (const auto* claim : {"many", "both", "none", "unknown"}) {
      EXPECT_THAT(refused_resource(one.kind, sharing(one.kind, one.count, claim), facts), IsEmpty())
          << claim;
    }
    EXPECT_THAT(refused_resource(one.kind, sharing(one.kind, "", "once"), facts), IsEmpty());
  }
  EXPECT_THAT(refused_resource({"apps", "StatefulSet"},
                               sharing({"apps", "StatefulSet"}, "replicas: 2", "once"), facts),
              IsEmpty());
}

TEST(SharedClaims, TheSentenceSaysTheWayOut) {
  const Kind kind{"apps", "Deployment"};
  const auto said = judge(kind, sharing(kind, "replicas: 2", "once"), {.claims = kClaims}).at(0);
  EXPECT_THAT(sentence_of(said), HasSubstr("replicas of 2 with claim \"once\""));
  EXPECT_THAT(sentence_of(said), HasSubstr("use a ReadWriteMany claim"));
  EXPECT_THAT(sentence_of(said), testing::Not(HasSubstr("allow-privileged")));
}

TEST(SharedClaims, WhatStoodBeforeMayGoOn) {
  const Kind kind{"apps", "Deployment"};
  const ResourceFacts facts{.claims = kClaims};
  const auto before = sharing(kind, "replicas: 2", "once");
  EXPECT_THAT(refused_resource(kind, before, facts, before), IsEmpty());
  EXPECT_THAT(refused_resource(kind, sharing(kind, "replicas: 3", "once"), facts, before),
              ElementsAre(Pair("single-node-claim", "spec.replicas")));
  EXPECT_THAT(refused_resource(kind, before, facts, sharing(kind, "replicas: 2", "many")),
              ElementsAre(Pair("single-node-claim", "spec.replicas")));
  EXPECT_THAT(refused_resource(kind, before, facts, sharing(kind, "replicas: 5", "once")),
              IsEmpty())
      << "fewer than there were";
  const auto moved = yaml(
      "{spec: {replicas: 2, template: {spec: {volumes: [{persistentVolumeClaim: {claimName: once}},"
      " {emptyDir: {}}]}}}}");
  EXPECT_THAT(refused_resource(kind, moved, facts, before), IsEmpty()) << "the same claim";
}

TEST(SharedClaims, ACronJobThatStoodBeforeGoesOn) {
  const Kind kind{"batch", "Job"};
  const ResourceFacts facts{.claims = kClaims};
  auto job = sharing(kind, "parallelism: 2", "once");
  EXPECT_THAT(refused_resource(kind, job, facts), testing::SizeIs(1));
  job.as_object()["metadata"] =
      yaml("{ownerReferences: [{kind: CronJob, name: night, controller: true}]}");
  EXPECT_THAT(refused_resource(kind, job, facts), IsEmpty());
}

Needed needed(Kind kind, const json::value& object,
              const std::optional<json::value>& old = std::nullopt) {
  return needed_by({.group = kind.first,
                    .kind = kind.second,
                    .object = object,
                    .old = old ? &*old : nullptr,
                    .asker = kTenant});
}

TEST(Needed, OnlyWhatARuleWillLookAt) {
  const Kind kind{"apps", "Deployment"};
  const auto two = sharing(kind, "replicas: 2", "once");
  EXPECT_THAT(needed(kind, two).claims, ElementsAre("once"));
  EXPECT_TRUE(needed(kind, two, two).nothing());
  EXPECT_TRUE(needed(kind, sharing(kind, "replicas: 1", "once")).nothing());
  const Kind scale{"autoscaling", "Scale"};
  const auto one = yaml("{metadata: {name: web}, spec: {replicas: 1}}");
  const auto three = yaml("{metadata: {name: web}, spec: {replicas: 3}}");
  EXPECT_EQ(needed(scale, three, one).deployment, "web");
  EXPECT_TRUE(needed(scale, one, three).nothing());
  EXPECT_TRUE(needed(scale, three, three).nothing());
  const Kind claim{"", "PersistentVolumeClaim"};
  EXPECT_EQ(needed(claim, yaml("{spec: {storageClassName: fast}}")).storage_class, "fast");
  EXPECT_TRUE(needed(claim, yaml("{spec: {}}")).default_class);
  EXPECT_TRUE(needed(claim, yaml("{spec: {storageClassName: ''}}")).nothing());
  EXPECT_TRUE(needed({"", "Pod"}, yaml("{spec: {}}")).nothing());
}

TEST(SharedClaims, AScaledDeploymentIsJudgedByItsTemplate) {
  const auto deployment = sharing({"apps", "Deployment"}, "replicas: 1", "once");
  const ResourceFacts facts{.deployment = deployment, .claims = kClaims};
  const Kind scale{"autoscaling", "Scale"};
  EXPECT_THAT(refused_resource(scale, yaml("{spec: {replicas: 2}}"), facts),
              ElementsAre(Pair("single-node-claim", "spec.replicas")));
  EXPECT_THAT(refused_resource(scale, yaml("{spec: {replicas: 1}}"), facts), IsEmpty());
  EXPECT_THAT(claims_of(deployment.as_object()), ElementsAre("once"));
  EXPECT_THAT(refused_resource(scale, yaml("{spec: {replicas: 2}}"), {.claims = kClaims}),
              IsEmpty());
}

TEST(Claims, HaveAModeThatTheirClassOffers) {
  const Kind kind{"", "PersistentVolumeClaim"};
  const ResourceFacts facts{.classes = {{"block", {"ReadWriteOnce"}},
                                        {"file", {"ReadWriteMany", "ReadOnlyMany"}},
                                        {"silent", {}},
                                        {"", {"ReadWriteOnce"}}}};
  const auto asked = [&](const std::string& spec) {
    return refused_resource(kind, yaml("{spec: {" + spec + "}}"), facts);
  };
  EXPECT_THAT(asked("storageClassName: block, accessModes: [ReadWriteOnce]"), IsEmpty());
  EXPECT_THAT(asked("storageClassName: block, accessModes: [ReadWriteOnce, ReadWriteMany]"),
              ElementsAre(Pair("access-mode", "spec.accessModes[1]")));
  EXPECT_THAT(asked("storageClassName: file, accessModes: [ReadOnlyMany]"), IsEmpty());
  EXPECT_THAT(asked("storageClassName: silent, accessModes: [ReadWriteMany]"), IsEmpty());
  EXPECT_THAT(asked("storageClassName: other, accessModes: [ReadWriteMany]"), IsEmpty());
  EXPECT_THAT(asked("accessModes: [ReadWriteMany]"),
              ElementsAre(Pair("access-mode", "spec.accessModes[0]")));
  EXPECT_THAT(asked("storageClassName: '', accessModes: [ReadWriteMany]"), IsEmpty());
  const auto there = yaml("{spec: {storageClassName: block, accessModes: [ReadWriteMany]}}");
  EXPECT_THAT(refused_resource(kind, there, facts, there), IsEmpty());
}

TEST(Classes, NameModesThatThereAre) {
  const Kind kind{"storage.k8s.io", "StorageClass"};
  const auto asked = [&](const std::string& value) {
    return refused_resource(
        kind, yaml("{metadata: {annotations: {slipway.io/access-modes: " + value + "}}}"), {});
  };
  EXPECT_THAT(asked("'ReadWriteOnce, ReadOnlyMany'"), IsEmpty());
  EXPECT_THAT(refused_resource(kind, yaml("{metadata: {name: a}}"), {}), IsEmpty());
  for (const auto* wrong : {"RWO", "''", "' , '", "'ReadWriteOnce,Any'", "[ReadWriteOnce]"}) {
    EXPECT_THAT(asked(wrong),
                ElementsAre(Pair("access-modes", "metadata.annotations[slipway.io/access-modes]")))
        << wrong;
  }
  EXPECT_THAT(
      modes_of_class(yaml("{metadata: {annotations: {slipway.io/access-modes: ' A,,B '}}}")),
      ElementsAre("A", "B"));
}

TEST(Services, ALoadBalancerCarriesTcp) {
  const Kind kind{"", "Service"};
  const auto udp =
      yaml("{spec: {type: LoadBalancer, ports: [{port: 1}, {port: 2, protocol: UDP}]}}");
  EXPECT_THAT(refused_resource(kind, udp, {}),
              ElementsAre(Pair("load-balancer-tcp", "spec.ports[1].protocol")));
  EXPECT_THAT(refused_resource(kind, udp, {}, udp), IsEmpty());
  EXPECT_THAT(
      refused_resource(kind, yaml("{spec: {type: NodePort, ports: [{protocol: UDP}]}}"), {}),
      IsEmpty());
  EXPECT_THAT(refused_resource(
                  kind, udp, {},
                  yaml("{spec: {type: NodePort, ports: [{port: 1}, {port: 2, protocol: UDP}]}}")),
              ElementsAre(Pair("load-balancer-tcp", "spec.ports[1].protocol")));
  EXPECT_THAT(
      refused_resource(kind, yaml("{spec: {type: LoadBalancer, ports: [{protocol: TCP}]}}"), {}),
      IsEmpty());
  const auto more = yaml(
      "{spec: {type: LoadBalancer, ports: [{port: 2, protocol: UDP, nodePort: 30002}, {port: 3},"
      " {port: 1, protocol: UDP}]}}");
  EXPECT_THAT(refused_resource(kind, more, {}, udp),
              ElementsAre(Pair("load-balancer-tcp", "spec.ports[2].protocol")))
      << "only what was not there";
}

}  // namespace
}  // namespace slipway::policy
