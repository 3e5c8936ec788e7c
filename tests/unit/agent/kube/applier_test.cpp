// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/applier.hpp"

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include "protocol/pki/pki.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::kube {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kCore = R"({"resources":[
  {"name":"pods","namespaced":true,"kind":"Pod"},{"name":"pods/log","namespaced":true,"kind":"Pod"},
  {"name":"configmaps","namespaced":true,"kind":"ConfigMap"},
  {"name":"namespaces","namespaced":false,"kind":"Namespace"}]})";

class Apply : public testing::Test {
 protected:
  Apply() { api_.on("GET /api/v1", 200, kCore); }

  wire::IntentOutcome run(wire::Intent intent) {
    intent.set_id("i1");
    Applier applier(api_, {.pause = {}, .tries = 3, .tries_with_crd = 10});
    auto outcome = fakes::run_task(io_, applier.run(std::move(intent)));
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(wire::IntentOutcome{});
  }
  wire::IntentOutcome apply(const std::string& yaml, const std::string& in = "",
                            bool dry_run = false, bool remove = false) {
    wire::Intent intent;
    intent.mutable_apply()->set_yaml(yaml);
    intent.mutable_apply()->set_default_namespace(in);
    intent.mutable_apply()->set_dry_run(dry_run);
    intent.mutable_apply()->set_delete_(remove);
    return run(std::move(intent));
  }
  static std::string object(const std::string& version) {
    return R"({"metadata":{"resourceVersion":")" + version + "\"}}";
  }

  boost::asio::io_context io_;
  fakes::FakeKubeApi api_;
};

constexpr auto kConfigMap =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}}";

TEST_F(Apply, IsServerSideApplyAsSlipway) {
  api_.on("GET /api/v1/namespaces/team/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/team/configmaps/c", 201, object("5"));
  auto outcome = apply(kConfigMap, "team");
  EXPECT_TRUE(outcome.ok()) << outcome.message();
  EXPECT_EQ(outcome.intent_id(), "i1");
  EXPECT_EQ(outcome.objects(0).action(), "created");
  const auto& patch = api_.requests.back();
  EXPECT_EQ(patch.target, "/api/v1/namespaces/team/configmaps/c?fieldManager=slipway&force=true");
  EXPECT_EQ(patch.headers.get("Content-Type"), "application/apply-patch+yaml");
  EXPECT_THAT(patch.body, HasSubstr(R"("data":{"a":"1"})"));
}

TEST_F(Apply, AsksInTheNameOfWhoIsNoAdministratorByEachRequest) {
  api_.on("GET /api/v1/namespaces/team/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/team/configmaps/c", 403, R"({"message":"not yours"})");
  wire::Intent intent;
  auto& tenant = *intent.mutable_tenant();
  tenant.mutable_who()->set_user("slipway:u1");
  tenant.mutable_who()->add_groups("slipway:users");
  tenant.mutable_who()->add_groups("slipway:p:project_member");
  tenant.mutable_apply()->set_yaml(kConfigMap);
  tenant.mutable_apply()->set_default_namespace("team");
  const auto outcome = run(intent);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.intent_id(), "i1");
  EXPECT_THAT(outcome.message(), HasSubstr("not yours"));
  EXPECT_EQ(api_.requests.size(), 3U) << "the kinds too are asked for in that name";
  for (const auto& request : api_.requests) {
    EXPECT_EQ(request.headers.get("Impersonate-User"), "slipway:u1") << request.target;
    std::vector<std::string> groups;
    for (const auto& [name, value] : request.headers.all()) {
      if (name == "Impersonate-Group") groups.push_back(value);
    }
    EXPECT_THAT(groups, ElementsAre("slipway:users", "slipway:p:project_member"));
  }
}

TEST_F(Apply, AnIntentInNobodysNameIsNotTheAdministrators) {
  wire::Intent intent;
  intent.mutable_tenant()->mutable_apply()->set_yaml(kConfigMap);
  const auto outcome = run(intent);
  EXPECT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.message(), HasSubstr("nobody"));
  EXPECT_THAT(api_.requests, testing::IsEmpty());
}

TEST_F(Apply, SendsNothingOfAManifestThatIsRefused) {
  for (const auto& entry : YAML::LoadFile(SLIPWAY_CORPUS_DIR "/manifests.yaml")) {
    const auto outcome = apply(entry["text"].as<std::string>());
    EXPECT_FALSE(outcome.ok()) << entry["reason"];
    EXPECT_EQ(outcome.http_status(), 400U) << entry["reason"];
    EXPECT_THAT(outcome.message(), HasSubstr(entry["says"].as<std::string>())) << entry["reason"];
    EXPECT_EQ(outcome.objects_size(), 0) << entry["reason"];
  }
  EXPECT_THAT(api_.asked(), testing::IsEmpty()) << "nothing half-made";
}

TEST_F(Apply, TellsCreatedConfiguredAndUnchanged) {
  api_.on("GET /api/v1/namespaces/default/configmaps/c", 200, object("5"));
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 200, object("6"));
  EXPECT_EQ(apply(kConfigMap).objects(0).action(), "configured");
  api_.answers["PATCH /api/v1/namespaces/default/configmaps/c"] = {{200, object("5"), nullptr}};
  EXPECT_EQ(apply(kConfigMap).objects(0).action(), "unchanged");
}

TEST_F(Apply, SaysWhichFieldIsWrongAndWhereItStands) {
  constexpr auto kTwo =
      "{apiVersion: v1, kind: Namespace, metadata: {name: new}}\n---\napiVersion: v1\nkind: "
      "ConfigMap\n"
      "metadata:\n  name: c\n  labels:\n    a: b c\n";
  api_.on("GET /api/v1/namespaces/new", 200, object("1"));
  api_.on("PATCH /api/v1/namespaces/new", 200, object("1"));
  api_.on("GET /api/v1/namespaces/default/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 422,
          R"({"message":"is invalid","details":{"causes":[{"field":"metadata.labels"}]}})");
  auto outcome = apply(kTwo);
  ASSERT_EQ(outcome.objects_size(), 2);
  EXPECT_EQ(outcome.objects(1).field(), "metadata.labels");
  EXPECT_EQ(outcome.objects(1).line(), 8U);
  EXPECT_EQ(outcome.objects(1).column(), 5U);
  EXPECT_EQ(outcome.objects(0).line(), 0U) << "nothing is wrong there";
}

TEST_F(Apply, FindsTheFieldInAMessageOfServerSideApply) {
  api_.on("GET /api/v1/namespaces/default/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 500,
          R"({"message":"failed to create typed patch object: .data.a: expected string"})");
  const auto outcome = apply(kConfigMap);
  EXPECT_EQ(outcome.objects(0).field(), "data.a");
  EXPECT_EQ(outcome.objects(0).line(), 1U);
  EXPECT_EQ(outcome.objects(0).column(), 66U);
  EXPECT_EQ(outcome.objects(0).http_status(), 422U) << "it is no fault of the server";
}

constexpr auto kIntoNew =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: new}}\n---\n"
    "{apiVersion: v1, kind: Namespace, metadata: {name: new}}\n";

TEST_F(Apply, ADryRunJudgesByItsShapeWhatGoesIntoANamespaceThatComesWithIt) {
  api_.on("GET /api/v1/namespaces/new", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/new", 201, object("1"));
  api_.on("GET /api/v1/namespaces/new/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/new/configmaps/c", 404, R"({"message":"no namespace new"})");
  api_.on("GET /api/v1/namespaces/default/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 201, object("1"));
  auto outcome = apply(kIntoNew, "", true);
  EXPECT_TRUE(outcome.ok()) << outcome.message();
  EXPECT_EQ(outcome.objects(0).pod_namespace(), "new");
  EXPECT_EQ(outcome.objects(0).message(), "checked after Namespace new");
  for (const auto& request : api_.requests) {
    EXPECT_TRUE(request.method == "GET" || request.target.ends_with("dryRun=All"))
        << request.target;
  }
  api_.answers["PATCH /api/v1/namespaces/default/configmaps/c"] = {
      {422, R"({"message":"wrong","details":{"causes":[{"field":"data"}]}})", nullptr}};
  outcome = apply(kIntoNew, "", true);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.objects(0).field(), "data");
  EXPECT_EQ(outcome.objects(0).pod_namespace(), "new");
}

TEST_F(Apply, WhatIsNotThereAndDoesNotComeIsRefusedByADryRunToo) {
  api_.on("GET /api/v1/namespaces/new/configmaps/c", 404, "{}");
  api_.on("PATCH /api/v1/namespaces/new/configmaps/c", 404, R"({"message":"no namespace new"})");
  const auto outcome = apply(kConfigMap, "new", true);
  EXPECT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.message(), HasSubstr("no namespace new"));
}

TEST_F(Apply, ADryRunPassesByObjectsWhoseKindComesWithTheManifest) {
  api_.on("GET /apis/example.org/v1", 404, "{}");
  api_.on("GET /apis/apiextensions.k8s.io/v1", 200,
          R"({"kind":"APIResourceList","resources":[{"name":"customresourcedefinitions",
              "namespaced":false,"kind":"CustomResourceDefinition"}]})");
  const std::string definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";
  api_.on("GET " + definition + "widgets.example.org", 404, "{}");
  api_.on("PATCH " + definition + "widgets.example.org", 201, object("1"));
  const auto outcome = apply(
      "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: "
      "widgets.example.org}, spec: {group: example.org, names: {kind: Widget}}}\n---\n"
      "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}}\n---\n"
      "{apiVersion: other.org/v1, kind: Widget, metadata: {name: w}}\n",
      "", true);
  ASSERT_EQ(outcome.objects_size(), 3);
  EXPECT_TRUE(outcome.objects(1).ok()) << outcome.objects(1).message();
  EXPECT_EQ(outcome.objects(1).message(),
            "checked after CustomResourceDefinition widgets.example.org");
  EXPECT_FALSE(outcome.objects(2).ok()) << "of another group";
}

TEST_F(Apply, HandsOnTheApiServersWords) {
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 422,
          R"({"kind":"Status","message":"ConfigMap \"c\" is invalid: data: too long","code":422})");
  auto outcome = apply(kConfigMap);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.http_status(), 422U);
  EXPECT_EQ(outcome.objects(0).message(), "ConfigMap \"c\" is invalid: data: too long");
}

TEST_F(Apply, GoesOnAfterARefusalAndKeepsTheOrderOfTheManifest) {
  api_.on("PATCH /api/v1/namespaces/a/pods/p", 403, R"({"message":"no"})");
  api_.on("PATCH /api/v1/namespaces/a", 201, object("1"));
  auto outcome = apply(
      "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}}\n---\n"
      "{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n");
  ASSERT_EQ(outcome.objects_size(), 2);
  EXPECT_EQ(outcome.objects(0).kind(), "Pod");
  EXPECT_FALSE(outcome.objects(0).ok());
  EXPECT_TRUE(outcome.objects(1).ok());
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.http_status(), 403U);
  auto asked = api_.asked();
  const auto place = [&](const std::string& beginning) {
    return std::ranges::find_if(asked, [&](auto& one) { return one.starts_with(beginning); });
  };
  EXPECT_LT(place("PATCH /api/v1/namespaces/a?"), place("PATCH /api/v1/namespaces/a/pods/p"));
}

TEST_F(Apply, TellsWhatUndoesWhatStandsWhereAnotherObjectFailed) {
  const std::string before = R"({"metadata":{"resourceVersion":"4"},"data":{"a":"old"}})";
  api_.on("GET /api/v1/namespaces/a/configmaps/c", 200, before);
  api_.on("PATCH /api/v1/namespaces/a/configmaps/c", 200,
          R"({"metadata":{"resourceVersion":"5","uid":"u","generation":3}})");
  api_.on("PATCH /api/v1/namespaces/a/pods/p", 403, R"({"message":"no"})");
  const std::string left = R"({"metadata":{"uid":"u"}})";
  const std::string config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n";
  const std::string pod = "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
  const auto outcome = apply(config + pod, "a");
  const auto& undo = outcome.objects(0).undo();
  EXPECT_EQ(undo.path(), "/api/v1/namespaces/a/configmaps/c");
  EXPECT_EQ(undo.uid(), "u");
  EXPECT_EQ(undo.generation(), 3);
  EXPECT_EQ(undo.resource_version(), "5");
  EXPECT_EQ(undo.before(), before);
  EXPECT_EQ(undo.digest(), pki::sha256_hex(left)) << "what somebody wrote of it";
  EXPECT_FALSE(outcome.objects(1).has_undo());
  EXPECT_FALSE(apply(config, "a").objects(0).has_undo()) << "nothing failed";
  EXPECT_FALSE(apply(config + pod, "a", true).objects(0).has_undo()) << "nothing was done";
}

TEST_F(Apply, ReadsWhatIsNestedDeeply) {
  const auto deep = [](const std::string& version) {
    return R"({"metadata":{"resourceVersion":")" + version + R"("},"data":)" +
           std::string(60, '[') + std::string(60, ']') + "}";
  };
  api_.on("GET /api/v1/namespaces/a/configmaps/c", 200, deep("4"));
  api_.on("PATCH /api/v1/namespaces/a/configmaps/c", 200, deep("5"));
  api_.on("PATCH /api/v1/namespaces/a/pods/p", 403, R"({"message":"no"})");
  const auto outcome = apply(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n---\n"
      "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n",
      "a");
  EXPECT_EQ(outcome.objects(0).action(), "configured");
  EXPECT_EQ(outcome.objects(0).undo().resource_version(), "5");
}

TEST_F(Apply, KeepsNoMoreOfWhatWasThanFitsAnOutcome) {
  const auto large =
      R"({"metadata":{"resourceVersion":"4"},"data":")" + std::string(kUndoBytes, 'x') + "\"}";
  api_.on("GET /api/v1/namespaces/a/configmaps/c", 200, large);
  api_.on("PATCH /api/v1/namespaces/a/configmaps/c", 200, object("5"));
  api_.on("PATCH /api/v1/namespaces/a/pods/p", 403, R"({"message":"no"})");
  const auto outcome = apply(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n---\n"
      "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n",
      "a");
  EXPECT_TRUE(outcome.objects(0).has_undo());
  EXPECT_TRUE(outcome.objects(0).undo().before().empty());
}

TEST_F(Apply, WaitsForAKindThatTheManifestBrings) {
  api_.on("GET /apis/apiextensions.k8s.io/v1", 200,
          R"({"resources":[{"name":"customresourcedefinitions","namespaced":false,
              "kind":"CustomResourceDefinition"}]})");
  api_.on("PATCH /apis/apiextensions.k8s.io/v1/customresourcedefinitions/w", 201, object("1"));
  for (int i = 0; i < 4; ++i) api_.on("GET /apis/example.org/v1", 404, "404 page not found");
  api_.on("GET /apis/example.org/v1", 200,
          R"({"resources":[{"name":"widgets","namespaced":true,"kind":"Widget"}]})");
  api_.on("PATCH /apis/example.org/v1/namespaces/default/widgets/w1", 201, object("2"));
  auto outcome = apply(
      "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w1}}\n---\n"
      "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: w}}");
  EXPECT_TRUE(outcome.ok()) << outcome.message();
}

TEST_F(Apply, GivesUpOnAnUnknownKind) {
  auto outcome = apply("{apiVersion: example.org/v1, kind: Widget, metadata: {name: w1}}");
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.http_status(), 404U);
  EXPECT_THAT(outcome.objects(0).message(), HasSubstr("no matches for kind \"Widget\""));
  EXPECT_THAT(api_.asked(), ElementsAre("GET /apis/example.org/v1", "GET /apis/example.org/v1",
                                        "GET /apis/example.org/v1"));
}

TEST_F(Apply, OnlyTriesADryRun) {
  api_.on("PATCH /api/v1/namespaces/default/configmaps/c", 201, object("1"));
  EXPECT_TRUE(apply(kConfigMap, "", true).ok());
  EXPECT_THAT(api_.requests.back().target, HasSubstr("&dryRun=All"));
  api_.on("DELETE /api/v1/namespaces/default/configmaps/c", 200, "{}");
  EXPECT_TRUE(apply(kConfigMap, "", true, true).ok());
  EXPECT_EQ(api_.requests.back().method, "DELETE");
  EXPECT_THAT(api_.requests.back().target, HasSubstr("&dryRun=All"));
}

TEST_F(Apply, DeletesBackwardsAndTakesAbsenceAsDone) {
  api_.on("DELETE /api/v1/namespaces/a/pods/p", 404, "{}");
  api_.on("DELETE /api/v1/namespaces/a", 200, "{}");
  auto outcome = apply(
      "{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n"
      "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}}\n",
      "", false, true);
  EXPECT_TRUE(outcome.ok()) << outcome.message();
  EXPECT_EQ(outcome.objects(0).action(), "deleted");
  EXPECT_EQ(outcome.objects(1).action(), "unchanged");
  EXPECT_THAT(api_.requests.back().target, HasSubstr("/namespaces/a?propagationPolicy=Background"));
}

TEST_F(Apply, IsNoOutcomeWhenTheApiServerIsOutOfReach) {
  api_.reachable = false;
  wire::Intent intent;
  intent.mutable_apply()->set_yaml(kConfigMap);
  Applier applier(api_, {.pause = {}});
  auto outcome = fakes::run_task(io_, applier.run(intent));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, base::ErrorCode::kUnavailable);
}

TEST_F(Apply, CannotLeaveItsPath) {
  apply("{apiVersion: v1, kind: Pod, metadata: {name: '../../x?y=z', namespace: '..'}}");
  EXPECT_TRUE(api_.requests.empty());
  apply("{apiVersion: v1, kind: Pod, metadata: {name: '..x?y=z', namespace: '..'}}");
  EXPECT_THAT(api_.asked(), Contains("GET /api/v1/namespaces/%2E%2E/pods/..x%3Fy%3Dz"));
}

TEST_F(Apply, CarriesARequest) {
  api_.on("POST /api/v1/nodes/n/x", 201, R"({"answer":1})");
  wire::Intent intent;
  intent.mutable_request()->set_method("POST");
  intent.mutable_request()->set_path("/api/v1/nodes/n/x?a=b");
  intent.mutable_request()->set_content_type("application/json");
  intent.mutable_request()->set_body("{}");
  auto outcome = run(intent);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.body(), R"({"answer":1})");
  EXPECT_EQ(api_.requests.back().body, "{}");
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"CONNECT", "/x"},
                                                        {"get", "/x"},
                                                        {"GET", "x"},
                                                        {"GET", "/a b"},
                                                        {"GET", "/a\r\nX: y"}}) {
    intent.mutable_request()->set_method(method);
    intent.mutable_request()->set_path(path);
    EXPECT_FALSE(run(intent).ok()) << method << path;
  }
  EXPECT_EQ(api_.requests.size(), 1U);
}

TEST_F(Apply, ARefusedRequestNamesItsField) {
  api_.on("PUT /x", 422,
          R"({"message":"no","details":{"causes":[{"field":"spec.replicas","message":"bad"}]}})");
  wire::Intent intent;
  intent.mutable_request()->set_method("PUT");
  intent.mutable_request()->set_path("/x");
  EXPECT_EQ(run(intent).field(), "spec.replicas");
}

}  // namespace
}  // namespace slipway::kube
