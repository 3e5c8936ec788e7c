// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/workload_actions.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace slipway::workloads {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

json::object object(const std::string& spec, const std::string& annotations = "{}") {
  return json::parse(R"({"apiVersion":"apps/v1","metadata":{"name":"web","uid":"u1",
    "resourceVersion":"7","annotations":)" +
                     annotations + R"(},"spec":)" + spec + "}")
      .as_object();
}

Ruled<Change> ask(const char* kind, const json::object& of, Asked asked, Facts facts = {}) {
  return plan(*kind_named(kind), of, facts, asked);
}

std::string body(const Ruled<Change>& change) {
  return change ? json::serialize(change->body) : change.error().message;
}

TEST(WorkloadActions, ScaleSetsTheNumberAndNothingElse) {
  const auto change = ask("deployments", object(R"({"replicas":2})"), {.replicas = 5});
  EXPECT_EQ(body(change), R"({"spec":{"replicas":5},"metadata":{"resourceVersion":"7"}})");
  EXPECT_EQ(change->content_type, "application/merge-patch+json");
}

TEST(WorkloadActions, StopKeepsTheNumberAndStartBringsItBack) {
  const auto stop = ask("statefulsets", object(R"({"replicas":3})"), {.action = Action::kStop});
  EXPECT_EQ(body(stop), R"({"metadata":{"annotations":{"slipway.io/stopped-replicas":"3"},)"
                        R"("resourceVersion":"7"},"spec":{"replicas":0}})");
  const std::pair<const char*, int> cases[] = {{R"({"slipway.io/stopped-replicas":"3"})", 3},
                                               {R"({"slipway.io/stopped-replicas":"x"})", 1},
                                               {R"({"slipway.io/stopped-replicas":"0"})", 1},
                                               {R"({"slipway.io/stopped-replicas":"999999"})", 1},
                                               {"{}", 1}};
  for (const auto& [annotations, replicas] : cases) {
    const auto start =
        ask("statefulsets", object(R"({"replicas":0})", annotations), {.action = Action::kStart});
    EXPECT_THAT(body(start), HasSubstr(R"("replicas":)" + std::to_string(replicas)));
    EXPECT_THAT(body(start), HasSubstr(R"("slipway.io/stopped-replicas":null)"));
  }
}

TEST(WorkloadActions, ADaemonSetStopsByASelectorAndKeepsItsOwn) {
  const auto running = object(R"({"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}})");
  EXPECT_THAT(body(ask("daemonsets", running, {.action = Action::kStop})),
              HasSubstr(R"("nodeSelector":{"slipway.io/stopped":"true"})"));
  const auto stopped = object(
      R"({"template":{"spec":{"nodeSelector":{"disk":"ssd","slipway.io/stopped":"true"}}}})");
  EXPECT_THAT(body(ask("daemonsets", stopped, {.action = Action::kStart})),
              HasSubstr(R"("nodeSelector":{"slipway.io/stopped":null})"));
}

TEST(WorkloadActions, CronJobsAreSuspendedAndRun) {
  const auto cron = object(R"({"jobTemplate":{"metadata":{"labels":{"a":"b"}},
    "spec":{"backoffLimit":1}}})");
  EXPECT_THAT(body(ask("cronjobs", cron, {.action = Action::kStop})),
              HasSubstr(R"("suspend":true)"));
  const auto run = ask("cronjobs", cron, {.action = Action::kRun, .job_name = "web-1"});
  EXPECT_EQ(run->method, "POST");
  EXPECT_EQ(run->resource, "jobs");
  const auto& made = run->body.as_object();
  EXPECT_EQ(made.at("metadata").at("name"), "web-1");
  EXPECT_EQ(made.at("metadata").at("labels").at("a"), "b");
  EXPECT_EQ(made.at("metadata").at("ownerReferences").at(0).at("uid"), "u1");
  EXPECT_EQ(made.at("spec").at("backoffLimit"), 1);
}

TEST(WorkloadActions, DeletionIsOfThisObjectAlone) {
  const auto change = ask("pods", object("{}"), {.action = Action::kForceDelete});
  EXPECT_EQ(change->method, "DELETE");
  EXPECT_THAT(body(change), HasSubstr(R"("preconditions":{"uid":"u1"})"));
  EXPECT_THAT(body(change), HasSubstr(R"("gracePeriodSeconds":0)"));
  EXPECT_THAT(body(ask("jobs", object("{}"), {.action = Action::kDelete})),
              testing::Not(HasSubstr("gracePeriod")));
}

/// What is asked of which object, and the refusal's field, rule and way out.
struct Case {
  const char* kind;
  const char* spec;
  Asked asked;
  Facts facts;
  const char* field;
  const char* rule;
  const char* way_out;
};

const Asked kFive{.replicas = 5};
const std::vector<Case> kRefused = {
    {"deployments", R"({"replicas":0})", kFive, {}, "replicas", "stopped", "start it first"},
    {"deployments", "{}", {.replicas = 0}, {}, "replicas", "stop", "stop it"},
    {"deployments", "{}", kFive, {.autoscaler = "hpa"}, "replicas", "autoscaled", "limits"},
    {"deployments",
     "{}",
     kFive,
     {.single_node_claims = {"data"}},
     "replicas",
     "single-node-claim",
     "ReadWriteMany"},
    {"daemonsets", "{}", kFive, {}, "action", "kind", "only Deployments and StatefulSets"},
    {"deployments",
     R"({"replicas":0})",
     {.action = Action::kStop},
     {},
     "action",
     "stopped",
     "already"},
    {"deployments", "{}", {.action = Action::kStart}, {}, "action", "running", "not stopped"},
    {"deployments",
     R"({"replicas":0})",
     {.action = Action::kRedeploy},
     {},
     "action",
     "stopped",
     "start it"},
    {"deployments",
     R"({"paused":true})",
     {.action = Action::kRedeploy},
     {},
     "action",
     "paused",
     "resume"},
    {"jobs", "{}", {.action = Action::kStop}, {}, "action", "kind", "delete it"},
    {"jobs", "{}", {.action = Action::kRedeploy}, {}, "action", "kind", "rolled out"},
    {"pods", "{}", {.action = Action::kStop}, {}, "action", "kind", "the workload"},
    {"deployments", "{}", {.action = Action::kRun}, {}, "action", "kind", "CronJobs"},
    {"cronjobs",
     R"({"suspend":true})",
     {.action = Action::kSuspend},
     {},
     "action",
     "suspended",
     "already"},
    {"cronjobs", "{}", {.action = Action::kResume}, {}, "action", "running", "not suspended"},
    {"cronjobs", "{}", {.action = Action::kRollBack}, {}, "action", "kind", "revisions"},
    {"deployments", "{}", {.action = Action::kForceDelete}, {}, "action", "kind", "delete it"},
    {"deployments",
     R"({"template":{"a":1}})",
     {.action = Action::kRollBack, .pod_template = {{"a", 1}}},
     {},
     "revision",
     "present",
     "another"},
};

TEST(WorkloadActions, ARefusalNamesFieldRuleAndWayOut) {
  for (const auto& one : kRefused) {
    const auto change = ask(one.kind, object(one.spec), one.asked, one.facts);
    ASSERT_FALSE(change) << one.kind << " " << one.rule << " " << body(change);
    EXPECT_EQ(change.error().field, one.field) << change.error().message;
    EXPECT_EQ(change.error().rule, one.rule) << change.error().message;
    EXPECT_THAT(change.error().message, HasSubstr(one.way_out));
  }
  EXPECT_TRUE(ask("statefulsets", object("{}"), kFive, {.single_node_claims = {"data"}}))
      << "a StatefulSet has a claim for each pod";
  EXPECT_TRUE(ask("jobs", object("{}"), {.action = Action::kSuspend}, {.jobs_suspend = true}));
}

TEST(WorkloadActions, AnObjectThatChangedIsAConflictWithBothVersions) {
  const auto change = ask("deployments", object("{}"), {.replicas = 5, .resource_version = "6"});
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(change.error().seen, "6");
  EXPECT_EQ(change.error().current, "7");
  EXPECT_TRUE(ask("deployments", object("{}"), {.replicas = 5, .resource_version = "7"}));
}

TEST(WorkloadActions, RollBackReplacesTheTemplateWhole) {
  const auto change = ask("deployments", object(R"({"template":{"a":1}})"),
                          {.action = Action::kRollBack, .pod_template = {{"b", 2}}});
  EXPECT_EQ(change->content_type, "application/json-patch+json");
  EXPECT_EQ(body(change), R"([{"op":"add","path":"/metadata/resourceVersion","value":"7"},)"
                          R"({"op":"replace","path":"/spec/template","value":{"b":2}}])");
}

TEST(WorkloadActions, ObjectsOfAnyShapeAreOutlived) {
  for (const auto* shape : {"{}", R"({"metadata":7,"spec":[]})", R"({"spec":{"replicas":"x",
        "suspend":1,"paused":{},"template":{"spec":{"nodeSelector":7}},"jobTemplate":[]}})",
                            R"({"metadata":{"annotations":[],"name":{}}})"}) {
    const auto of = json::parse(shape).as_object();
    for (const auto& kind : workload_kinds()) {
      for (int action = 0; action <= static_cast<int>(Action::kForceDelete); ++action) {
        (void)plan(kind, of, {}, {.action = static_cast<Action>(action), .replicas = 2});
      }
    }
  }
}

}  // namespace
}  // namespace slipway::workloads
