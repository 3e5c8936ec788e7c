// SPDX-License-Identifier: Apache-2.0
// Services, Ingresses, bindings and the labels of namespaces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/protocol/policy/judged.hpp"

namespace slipway::policy {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr Kind kService{"", "Service"};
constexpr Kind kNamespace{"", "Namespace"};

TEST(Objects, AServiceTakesNoForeignAddress) {
  const auto two = yaml("{spec: {externalIPs: [10.0.0.1, 10.0.0.2]}}");
  EXPECT_THAT(refused(kService, two), ElementsAre(Pair("external-ips", "spec.externalIPs[0]"),
                                                  Pair("external-ips", "spec.externalIPs[1]")));
  EXPECT_THAT(refused(kService, two, yaml("{spec: {externalIPs: [10.0.0.2]}}")),
              ElementsAre(Pair("external-ips", "spec.externalIPs[0]")));
  EXPECT_THAT(refused(kService, two, two), IsEmpty());
  EXPECT_THAT(refused(kService, yaml("{spec: {type: NodePort, ports: [{port: 80}]}}"), two),
              IsEmpty());
  EXPECT_THAT(refused(kService, two, {}, kTenant, {.of_project = true, .allow_privileged = true}),
              IsEmpty());
  EXPECT_THAT(refused({"serving.knative.dev", "Service"}, two), IsEmpty());
}

TEST(Objects, ANewIngressComesThroughTheGroupThatQuotasCount) {
  const auto ingress = yaml("{metadata: {name: i}}");
  EXPECT_THAT(refused({"extensions", "Ingress"}, ingress),
              ElementsAre(Pair("ingress-group", "apiVersion")));
  EXPECT_THAT(refused({"extensions", "Ingress"}, ingress, ingress), IsEmpty());
  EXPECT_THAT(refused({"networking.k8s.io", "Ingress"}, ingress), IsEmpty());
}

TEST(Objects, TheSchedulerAlonePlacesPods) {
  const auto binding = yaml("{target: {kind: Node, name: demo-master-1}}");
  const Asker scheduler{.user = "system:kube-scheduler", .groups = {}};
  const Asker other{.user = "system:kube-scheduler2", .groups = {"system:masters"}};
  EXPECT_THAT(refused({"", "Binding"}, binding, {}, scheduler), IsEmpty());
  EXPECT_THAT(refused({"", "Binding"}, binding, {}, other),
              ElementsAre(Pair("binding", "target.name")));
}

TEST(Objects, OfOtherKindsNothingIsSaid) {
  for (const Kind kind :
       {Kind{"", "ConfigMap"}, Kind{"", "Secret"}, Kind{"app.k8s.io", "Application"},
        Kind{"example.org", "Deployment"}, Kind{"", ""}})
    EXPECT_THAT(refused(kind, yaml("{spec: {hostPID: true, template: {spec: {hostPID: true}}}}")),
                IsEmpty())
        << kind.second;
}

TEST(Objects, OurMarksOnANamespaceAreTheAdministrators) {
  const auto before = yaml(
      "{metadata: {name: n, labels: {slipway.io/project: p1, team: a}, annotations: {slipway.io/x: "
      "a}}}");
  const std::map<std::string, std::string> changes{
      {"{metadata: {name: n, labels: {slipway.io/project: p2}, annotations: {slipway.io/x: a}}}",
       "metadata.labels[slipway.io/project]"},
      {"{metadata: {name: n, annotations: {slipway.io/x: a}}}",
       "metadata.labels[slipway.io/project]"},
      {"{metadata: {name: n, labels: {slipway.io/project: p1, slipway.io/allow-privileged: "
       "'true'}, "
       "annotations: {slipway.io/x: a}}}",
       "metadata.labels[slipway.io/allow-privileged]"},
      {"{metadata: {name: n, labels: {slipway.io/project: p1}}}",
       "metadata.annotations[slipway.io/x]"},
      {"{metadata: {name: n, labels: {slipway.io/project: p1}, annotations: {slipway.io/x: b}}}",
       "metadata.annotations[slipway.io/x]"}};
  const Asker masters{.user = "kubernetes-admin", .groups = {"system:masters"}};
  const Asker account{.user = "system:serviceaccount:n:default",
                      .groups = {"system:serviceaccounts"}};
  for (const auto& [after, field] : changes) {
    const auto object = yaml(after);
    EXPECT_THAT(refused(kNamespace, object, before), ElementsAre(Pair("namespace-labels", field)));
    EXPECT_THAT(refused(kNamespace, object, before, account), SizeIs(1));
    EXPECT_THAT(refused(kNamespace, object, before, masters), IsEmpty());
    EXPECT_THAT(refused(kNamespace, object, before, kAdministrator), IsEmpty());
    EXPECT_THAT(refused(kNamespace, object, before, kTenant,
                        {.of_project = true, .allow_privileged = true}),
                SizeIs(1));
  }
  EXPECT_THAT(refused(kNamespace, before), SizeIs(2));
  EXPECT_THAT(
      refused(kNamespace, yaml("{metadata: {name: n, labels: {team: b, slipway.io.evil/a: b}}}")),
      IsEmpty());
  EXPECT_THAT(refused(kNamespace, before, before), IsEmpty());
}

TEST(Objects, KubernetesOwnNamespacesAreOfNoProject) {
  const auto made = yaml("{metadata: {name: kube-system, labels: {slipway.io/project: p}}}");
  EXPECT_THAT(refused(kNamespace, made, {}, kAdministrator),
              ElementsAre(Pair("kubernetes-namespace", "metadata.labels[slipway.io/project]")));
  EXPECT_THAT(refused(kNamespace, yaml("{metadata: {name: kube-system}}"), {}, kAdministrator),
              IsEmpty());
}

TEST(Objects, ANamespaceIsGuardedByItsLabels) {
  using Labels = std::map<std::string, std::string>;
  EXPECT_FALSE(facts_of(Labels{{"team", "a"}}).of_project);
  EXPECT_TRUE(facts_of(Labels{{"slipway.io/project", ""}}).of_project);
  EXPECT_TRUE(facts_of(Labels{{"slipway.io/allow-privileged", "true"}}).allow_privileged);
  EXPECT_FALSE(facts_of(Labels{{"slipway.io/allow-privileged", "yes"}}).allow_privileged);
}

TEST(Objects, ARefusalSaysWhatWhereAndTheWayOut) {
  const auto pod = yaml("{spec: {hostNetwork: true, hostPID: true}}");
  const auto all =
      refusals({.group = "", .kind = "Pod", .object = pod, .asker = kTenant}, {.of_project = true});
  EXPECT_EQ(sentence_of(all[1]),
            "the pod is in the network of its node (rule host-network, spec.hostNetwork): leave it "
            "out and reach the pod by a Service, or ask an administrator to label the namespace "
            "slipway.io/allow-privileged=true");
  EXPECT_THAT(sentence_of(all), AllOf(HasSubstr("rule host-pid"), HasSubstr("rule host-network")));
  EXPECT_LT(sentence_of(std::vector<Refusal>(20, all[0])).size(), 4000U);
  EXPECT_THAT(sentence_of(std::vector<Refusal>(20, all[0])), HasSubstr(" more"));
}

TEST(Objects, WhatSomebodyWroteIsQuotedHarmlessly) {
  EXPECT_EQ(in_quotes("a\"b\nc\xff\x1b[31m"), "\"a?b?c??[31m\"");
  EXPECT_EQ(in_quotes(std::string(100, 'x')).size(), 102U);
  EXPECT_EQ(in_quotes(std::string(1 << 20, 'x')), "\"" + std::string(100, 'x') + "…\"");
}

}  // namespace
}  // namespace slipway::policy
