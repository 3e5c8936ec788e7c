// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/unit/protocol/policy/judged.hpp"

namespace slipway::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

/// A kind, and where it holds a pod.
struct Place {
  Kind kind;
  std::vector<std::string> path;
};
const std::vector<Place> kPlaces{
    {{"", "Pod"}, {}},
    {{"", "PodTemplate"}, {"template"}},
    {{"", "ReplicationController"}, {"spec", "template"}},
    {{"apps", "Deployment"}, {"spec", "template"}},
    {{"apps", "ReplicaSet"}, {"spec", "template"}},
    {{"apps", "StatefulSet"}, {"spec", "template"}},
    {{"apps", "DaemonSet"}, {"spec", "template"}},
    {{"extensions", "Deployment"}, {"spec", "template"}},
    {{"extensions", "ReplicaSet"}, {"spec", "template"}},
    {{"extensions", "DaemonSet"}, {"spec", "template"}},
    {{"batch", "Job"}, {"spec", "template"}},
    {{"batch", "CronJob"}, {"spec", "jobTemplate", "spec", "template"}},
};

/// An object that holds `pod` at the place.
json::value at(const Place& place, json::value pod) {
  for (auto part = place.path.rbegin(); part != place.path.rend(); ++part)
    pod = json::object{{*part, std::move(pod)}};
  pod.as_object()["status"] = json::object{{"observedGeneration", 1}};
  return pod;
}

std::string prefix(const Place& place) {
  std::string text;
  for (const auto& part : place.path) text += part + ".";
  return text;
}

json::array corpus() {
  std::ifstream file(SLIPWAY_CORPUS_DIR "/policy.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return yaml(text.str()).as_array();
}

TEST(Pods, EachRuleHoldsInEveryKindThatHoldsAPod) {
  std::set<std::string> rules;
  for (const auto& entry : corpus()) {
    const std::string rule(entry.at("rule").as_string());
    const std::string field(entry.at("field").as_string());
    rules.insert(rule);
    for (const auto& place : kPlaces) {
      SCOPED_TRACE(rule + " in " + std::string(place.kind.second));
      EXPECT_THAT(refused(place.kind, at(place, entry.at("pod"))),
                  ElementsAre(Pair(rule, prefix(place) + field)));
      EXPECT_THAT(refused(place.kind, at(place, entry.at("twin"))), IsEmpty());
    }
  }
  EXPECT_THAT(rules, SizeIs(15));
}

TEST(Pods, ElsewhereAndWhereItIsAllowedAnythingMayBe) {
  for (const auto& entry : corpus()) {
    for (const auto& place : kPlaces) {
      const auto object = at(place, entry.at("pod"));
      EXPECT_THAT(refused(place.kind, object, {}, kTenant, {}), IsEmpty());
      EXPECT_THAT(
          refused(place.kind, object, {}, kTenant, {.of_project = true, .allow_privileged = true}),
          IsEmpty());
      EXPECT_THAT(refused(place.kind, object, {}, kAdministrator), SizeIs(1));
    }
  }
}

TEST(Pods, WhatStoodBeforeMayGoOnAsItIsAndNotOtherwise) {
  for (const auto& entry : corpus()) {
    for (const auto& place : kPlaces) {
      SCOPED_TRACE(place.kind.second);
      const auto old = at(place, entry.at("pod"));
      auto finalized = old;
      finalized.as_object()["replicas"] = 7;
      EXPECT_THAT(refused(place.kind, finalized, old), IsEmpty());
      auto pod = entry.at("pod");
      pod.at("spec").as_object()["terminationGracePeriodSeconds"] = 1;
      const bool of_node = entry.at("rule") == "node-name";  // that of a pod was the scheduler's
      const bool of_metadata = entry.at("rule") == "apparmor";
      if (!(of_node && place.path.empty())) {
        EXPECT_THAT(refused(place.kind, at(place, pod), old), SizeIs(1));
      }
      if (!of_metadata || !place.path.empty()) {
        EXPECT_THAT(refused(place.kind, old, at(place, entry.at("twin"))), SizeIs(1));
      }
    }
  }
}

TEST(Pods, APodThatTheSchedulerPlacedCanBeChanged) {
  const auto placed = yaml("{spec: {nodeName: a, containers: [{name: web, image: one}]}}");
  EXPECT_THAT(refused({"", "Pod"},
                      yaml("{spec: {nodeName: a, containers: [{name: web, image: two}]}}"), placed),
              IsEmpty());
  EXPECT_THAT(refused({"", "Pod"},
                      yaml("{spec: {nodeName: b, containers: [{name: web, image: two}]}}"), placed),
              ElementsAre(Pair("node-name", "spec.nodeName")));
}

TEST(Pods, AllThatIsWrongIsSaidAndNotWithoutEnd) {
  const auto pod = yaml(
      "{spec: {hostPID: true, hostNetwork: true, containers: [{name: web, securityContext: "
      "{privileged: true, capabilities: {add: [SYS_ADMIN]}}}]}}");
  EXPECT_THAT(refused({"", "Pod"}, pod), SizeIs(4));
  json::array containers;
  for (int i = 0; i < 5000; ++i)
    containers.push_back(json::object{{"securityContext", json::object{{"privileged", true}}}});
  const json::value many = {{"spec", json::object{{"containers", std::move(containers)}}}};
  EXPECT_THAT(refused({"", "Pod"}, many), SizeIs(kMaxRefusals));
}

TEST(Pods, AnEphemeralContainerIsJudgedOnItsOwnSubresource) {
  const Kind kind{"", "EphemeralContainers"};
  EXPECT_THAT(refused(kind, yaml("{ephemeralContainers: [{name: d, securityContext: {capabilities: "
                                 "{add: [SYS_PTRACE]}}}]}")),
              ElementsAre(Pair("capabilities",
                               "ephemeralContainers[0].securityContext.capabilities.add[0]")));
  EXPECT_THAT(refused(kind, yaml("{ephemeralContainers: [{name: d, image: busybox}]}")), IsEmpty());
}

TEST(Pods, KubeletMayShowThePodsOfItsNode) {
  const Asker node{.user = "system:node:a", .groups = {"system:nodes"}};
  const auto mirror = yaml(
      "{metadata: {annotations: {kubernetes.io/config.mirror: abc}}, spec: {nodeName: a, "
      "hostNetwork: true}}");
  EXPECT_THAT(refused({"", "Pod"}, mirror, {}, node), IsEmpty());
  EXPECT_THAT(refused({"", "Pod"}, mirror), SizeIs(2));
  EXPECT_THAT(refused({"", "Pod"}, yaml("{spec: {nodeName: a}}"), {}, node), SizeIs(1));
}

TEST(Pods, AFieldOfAnotherTypeIsAbsentAndNothingBreaks) {
  const char* values[] = {"7", "[]", "{}", "text", "null", "[[[]]]", "{a: {b: []}}", "1.5e300"};
  const char* holders[] = {
      "{spec: V}",
      "{spec: {containers: V, volumes: V, tolerations: V, securityContext: V}}",
      "{spec: {containers: [V], initContainers: [V], ephemeralContainers: [V], volumes: [V]}}",
      "{spec: {containers: [{securityContext: V, ports: V, name: V}], securityContext: {sysctls: "
      "V, "
      "seLinuxOptions: V, windowsOptions: V}}}",
      "{spec: {containers: [{securityContext: {capabilities: V, privileged: V, procMount: V}}]}}",
      "{spec: {hostPID: V, hostIPC: V, hostNetwork: V}, metadata: V}",
      "{metadata: {annotations: V}, spec: {template: V, jobTemplate: V}}"};
  for (std::string text : holders) {
    for (const char* value : values) {
      auto filled = text;
      for (auto at = filled.find('V'); at != filled.npos; at = filled.find('V', at + 1))
        filled.replace(at, 1, value);
      for (const auto& place : kPlaces) (void)refused(place.kind, at(place, yaml(filled)));
    }
  }
  for (const char* value : values)
    for (const auto& place : kPlaces) (void)refused(place.kind, yaml("a: " + std::string(value)));
}

}  // namespace
}  // namespace slipway::policy
