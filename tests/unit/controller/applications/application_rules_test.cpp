// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/application_rules.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace slipway::applications {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using workloads::Action;
using workloads::WorkloadState;
using enum ApplicationState;

TEST(ApplicationState, IsThatOfAllItsWorkloadsOrProcessing) {
  using enum WorkloadState;
  struct Case {
    std::vector<WorkloadState> workloads;
    const char* state;
  };
  const Case cases[] = {
      {{}, "none"},
      {{WorkloadState::kRunning}, "running"},
      {{WorkloadState::kRunning, WorkloadState::kRunning}, "running"},
      {{WorkloadState::kStopped, WorkloadState::kStopped}, "stopped"},
      {{WorkloadState::kNotReady, WorkloadState::kNotReady}, "not_ready"},
      {{WorkloadState::kProcessing, WorkloadState::kProcessing}, "processing"},
      {{WorkloadState::kRunning, WorkloadState::kStopped}, "processing"},
      {{WorkloadState::kStopped, WorkloadState::kNotReady}, "processing"},
      {{WorkloadState::kNotReady, WorkloadState::kRunning}, "processing"},
      {{WorkloadState::kRunning, WorkloadState::kRunning, WorkloadState::kProcessing},
       "processing"},
  };
  for (const auto& one : cases) {
    const auto state = state_of(one.workloads);
    EXPECT_EQ(name_of(state), one.state) << one.workloads.size();
    EXPECT_EQ(state_named(one.state), state);
  }
  EXPECT_FALSE(state_named("odd"));
}

TEST(ApplicationRules, WhatMayBeDoneInWhichState) {
  struct Case {
    Action action;
    ApplicationState state;
    const char* rule;  ///< empty: it may be done
  };
  const Case cases[] = {
      {Action::kStart, kNone, "empty"},
      {Action::kStart, kRunning, "not-stopped"},
      {Action::kStart, kStopped, ""},
      {Action::kStart, kNotReady, "not-stopped"},
      {Action::kStart, kProcessing, "not-stopped"},
      {Action::kStop, kNone, "empty"},
      {Action::kStop, kRunning, ""},
      {Action::kStop, kStopped, "stopped"},
      {Action::kStop, kNotReady, ""},
      {Action::kStop, kProcessing, ""},
      {Action::kRedeploy, kNone, "empty"},
      {Action::kRedeploy, kRunning, ""},
      {Action::kRedeploy, kStopped, "stopped"},
      {Action::kRedeploy, kNotReady, ""},
      {Action::kRedeploy, kProcessing, ""},
      {Action::kDelete, kNone, ""},
      {Action::kDelete, kRunning, ""},
      {Action::kDelete, kStopped, ""},
      {Action::kDelete, kNotReady, ""},
      {Action::kDelete, kProcessing, ""},
  };
  for (const auto& one : cases) {
    const auto why = refusal_of(one.action, "shop", one.state);
    EXPECT_EQ(why ? why->rule : "", one.rule) << name_of(one.action) << " " << name_of(one.state);
    if (!why) continue;
    EXPECT_EQ(why->field, "action");
    EXPECT_THAT(why->message, HasSubstr("application shop"));
    EXPECT_EQ(why->code, base::ErrorCode::kConflict);
  }
}

TEST(ApplicationRules, AWorkloadThatIsSoAlreadyIsNoObstacle) {
  EXPECT_TRUE(is_no_obstacle(Action::kStop, "stopped"));
  EXPECT_TRUE(is_no_obstacle(Action::kRedeploy, "stopped"));
  EXPECT_TRUE(is_no_obstacle(Action::kStart, "running"));
  EXPECT_FALSE(is_no_obstacle(Action::kRedeploy, "paused"));
  EXPECT_FALSE(is_no_obstacle(Action::kStart, "stopped"));
  EXPECT_FALSE(is_no_obstacle(Action::kDelete, "stopped"));
}

TEST(ApplicationRules, ANewOneSelectsByItsLabelAndKeepsItsOwnOfThem) {
  const auto made = object_of({.name = "shop",
                               .description = "of all",
                               .labels = {{"tier", "a"}, {"app.kubernetes.io/name", "other"}},
                               .annotations = {{"note", "b"}}});
  EXPECT_EQ(made.at("apiVersion"), "app.k8s.io/v1beta1");
  EXPECT_EQ(json::serialize(made.at("metadata")),
            R"({"name":"shop","labels":{"app.kubernetes.io/name":"shop","tier":"a"},)"
            R"("annotations":{"note":"b"}})");
  const auto& spec = made.at("spec").as_object();
  EXPECT_EQ(json::serialize(spec.at("selector")),
            R"({"matchLabels":{"app.kubernetes.io/name":"shop"}})");
  EXPECT_EQ(json::serialize(spec.at("descriptor")), R"({"description":"of all"})");
  const auto kinds = json::serialize(spec.at("componentKinds"));
  for (const auto* kind :
       {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Ingress"}) {
    EXPECT_THAT(kinds, HasSubstr("\"" + std::string(kind) + "\""));
  }
  EXPECT_EQ(kinds.find("Pod"), std::string::npos);
  EXPECT_EQ(kinds.find(R"("")"), std::string::npos) << "some API servers take it for null";
  EXPECT_FALSE(object_of({.name = "a"}).at("spec").as_object().contains("descriptor"));
}

json::object object(const std::string& labels = "{}") {
  return json::parse(R"({"metadata":{"name":"web","uid":"u1","resourceVersion":"7","labels":)" +
                     labels + "}}")
      .as_object();
}

TEST(ApplicationRules, AnEditChangesTheDescriptionOfTheVersionThatWasSeen) {
  const auto change = describe(object(), "new", "7");
  ASSERT_TRUE(change);
  EXPECT_EQ(json::serialize(change->body),
            R"({"spec":{"descriptor":{"description":"new"}},"metadata":{"resourceVersion":"7"}})");
  EXPECT_THAT(json::serialize(describe(object(), "", "")->body),
              HasSubstr(R"("description":null)"));
  const auto late = describe(object(), "new", "6");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().rule, "changed");
  EXPECT_EQ(late.error().seen, "6");
  EXPECT_EQ(late.error().current, "7");
  EXPECT_EQ(remove(object(), "6").error().rule, "changed");
  EXPECT_EQ(remove(object(), "7")->body.at("preconditions").at("uid"), "u1");
}

struct Placing {
  const char* labels;
  Association asked;
  const char* rule;  ///< empty: done
  const char* body;
};

TEST(ApplicationRules, AWorkloadIsOfOneApplicationAndMovesOnlyWhenAsked) {
  const auto* mine = R"({"app.kubernetes.io/name":"shop"})";
  const auto* other = R"({"app.kubernetes.io/name":"bank"})";
  const Placing cases[] = {
      {"{}", {.application = "shop"}, "", R"("app.kubernetes.io/name":"shop")"},
      {mine, {.application = "shop"}, "same", ""},
      {other, {.application = "shop"}, "associated", ""},
      {other, {.application = "shop", .move = true}, "", R"("app.kubernetes.io/name":"shop")"},
      {mine, {.application = "shop", .wanted = false}, "", R"("app.kubernetes.io/name":null)"},
      {"{}", {.application = "shop", .wanted = false}, "same", ""},
      {other, {.application = "shop", .wanted = false}, "associated", ""},
      {other, {.application = "shop", .wanted = false, .move = true}, "associated", ""},
      {"{}", {.application = "shop", .seen = "6"}, "changed", ""},
  };
  const auto& kind = *workloads::kind_named("deployments");
  for (const auto& one : cases) {
    const auto change = associate(kind, object(one.labels), one.asked);
    EXPECT_EQ(change ? "" : change.error().rule, one.rule) << one.labels << one.asked.wanted;
    if (change) EXPECT_THAT(json::serialize(change->body), HasSubstr(one.body));
    if (change) EXPECT_THAT(json::serialize(change->body), HasSubstr(R"("resourceVersion":"7")"));
  }
  EXPECT_EQ(
      associate(*workloads::kind_named("pods"), object(), {.application = "shop"}).error().rule,
      "kind");
}

}  // namespace
}  // namespace slipway::applications
