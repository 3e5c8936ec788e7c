// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/review.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/protocol/policy/judged.hpp"

namespace slipway::policy {
namespace {

using testing::HasSubstr;

/// A review as an API server sends it, but for what `request` says.
std::string asked(json::object request, const char* version = "admission.k8s.io/v1") {
  json::object all{
      {"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
      {"operation", "CREATE"},
      {"kind", json::object{{"group", ""}, {"version", "v1"}, {"kind", "Pod"}}},
      {"userInfo", json::object{{"username", "slipway:u1"}, {"groups", json::array{"a"}}}},
      {"oldObject", nullptr},
      {"dryRun", false}};
  for (auto& [key, value] : request) all[key] = value;
  return json::serialize(json::object{
      {"apiVersion", version}, {"kind", "AdmissionReview"}, {"request", std::move(all)}});
}

json::value answer(const std::string& body) {
  auto said = review(body);
  EXPECT_TRUE(said) << body;
  return said ? json::parse(*said) : json::value();
}

bool allowed(json::object request) {
  return answer(asked(std::move(request))).at("response").at("allowed").as_bool();
}

json::object pod(const char* spec) {
  return {{"spec", yaml(spec)}};
}

TEST(Review, ARefusalIsAStatusWithItsCauses) {
  for (const char* version : {"admission.k8s.io/v1", "admission.k8s.io/v1beta1"}) {
    const auto said = answer(asked({{"object", pod("{hostPID: true, hostIPC: true}")}}, version));
    EXPECT_EQ(said.at("apiVersion"), version);
    EXPECT_EQ(said.at("kind"), "AdmissionReview");
    const auto& response = said.at("response");
    EXPECT_EQ(response.at("uid"), "705ab4f5-6393-11e8-b7cc-42010a800002");
    EXPECT_FALSE(response.at("allowed").as_bool());
    const auto& status = response.at("status");
    EXPECT_EQ(status.at("code"), 403);
    EXPECT_THAT(std::string(status.at("message").as_string()),
                HasSubstr("the pod sees the processes of its node (rule host-pid, spec.hostPID)"));
    const auto& causes = status.at("details").at("causes").as_array();
    ASSERT_EQ(causes.size(), 2U);
    EXPECT_EQ(causes[1].at("reason"), "host-ipc");
    EXPECT_EQ(causes[1].at("field"), "spec.hostIPC");
  }
}

TEST(Review, WhatNoRuleSpeaksOfIsAllowed) {
  const auto said = answer(asked({{"object", pod("{containers: [{name: web}]}")}}));
  EXPECT_TRUE(said.at("response").at("allowed").as_bool());
  EXPECT_FALSE(said.at("response").as_object().contains("status"));
  EXPECT_TRUE(allowed({{"object", nullptr}, {"operation", "DELETE"}}));
  EXPECT_TRUE(allowed({{"object", pod("{hostPID: true}")}, {"operation", "CONNECT"}}));
}

TEST(Review, OnAnUpdateItLooksAtWhatStood) {
  const auto bad = pod("{hostPID: true}");
  const auto good = pod("{hostPID: false}");
  EXPECT_TRUE(allowed({{"object", bad}, {"oldObject", bad}, {"operation", "UPDATE"}}));
  EXPECT_FALSE(allowed({{"object", bad}, {"oldObject", good}, {"operation", "UPDATE"}}));
  EXPECT_FALSE(allowed({{"object", bad}, {"oldObject", bad}, {"operation", "CREATE"}}));
  EXPECT_FALSE(allowed({{"object", bad}, {"oldObject", nullptr}, {"operation", "UPDATE"}}));
}

TEST(Review, GroupAndAskerAreThoseOfTheRequest) {
  const json::object ingress{{"group", "extensions"}, {"version", "v1beta1"}, {"kind", "Ingress"}};
  EXPECT_FALSE(allowed({{"object", json::object{}}, {"kind", ingress}}));
  const json::object binding{{"group", ""}, {"version", "v1"}, {"kind", "Binding"}};
  EXPECT_TRUE(allowed({{"object", json::object{}},
                       {"kind", binding},
                       {"userInfo", json::object{{"username", "system:kube-scheduler"}}}}));
  const json::object name_space{{"group", ""}, {"version", "v1"}, {"kind", "Namespace"}};
  const auto labelled = yaml("{metadata: {name: n, labels: {slipway.io/project: p}}}");
  EXPECT_FALSE(allowed({{"object", labelled}, {"kind", name_space}}));
  EXPECT_TRUE(
      allowed({{"object", labelled},
               {"kind", name_space},
               {"userInfo", json::object{{"groups", json::array{"a", "system:masters"}}}}}));
}

TEST(Review, WhatIsNoReviewIsRefusedWithTheReason) {
  const std::string deep(200'000, '[');
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += R"({"a":)";
  const std::string huge = "\"" + std::string(kReviewLimitBytes, 'x') + "\"";
  for (const auto& body :
       {std::string(), std::string("{"), std::string("null"), std::string("[]"), std::string("{}"),
        std::string("\0", 1), std::string("\"\xff\""), deep, nested + "1" + std::string(100, '}'),
        huge, std::string(R"({"kind":"AdmissionReview"})"),
        std::string(R"({"kind":7,"apiVersion":[]})"),
        std::string(
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v2","request":{}})"),
        asked({{"uid", ""}}), asked({{"uid", 7}}), asked({{"uid", std::string(200, 'u')}}),
        std::string(
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":7})")}) {
    const auto said = review(body);
    ASSERT_FALSE(said) << body.substr(0, 100);
    EXPECT_EQ(said.error().code, base::ErrorCode::kInvalid);
    EXPECT_THAT(said.error().message, HasSubstr("no AdmissionReview: "));
  }
}

TEST(Review, PartsOfAnotherTypeBreakNothing) {
  for (const char* key : {"operation", "kind", "object", "oldObject", "userInfo"})
    for (const auto& value : {json::value(7), json::value("x"), json::value(json::array{1}),
                              json::value(nullptr), json::value(json::object{{"groups", 7}})})
      EXPECT_TRUE(review(asked({{key, value}}))) << key;
}

TEST(Review, SaysWhatItMustKnowAndJudgesByIt) {
  const auto body = asked(
      {{"namespace", "own"},
       {"kind", json::object{{"group", "apps"}, {"version", "v1"}, {"kind", "Deployment"}}},
       {"object", yaml("{spec: {replicas: 2, template: {spec: {volumes: [{persistentVolumeClaim: "
                       "{claimName: data}}]}}}}")}});
  const auto read = Review::read(body).value();
  EXPECT_EQ(read.name_space(), "own");
  EXPECT_THAT(read.needed().claims, testing::ElementsAre("data"));
  const auto judged = [&](std::vector<std::string> modes) {
    ResourceFacts facts;
    facts.claims["data"] = std::move(modes);
    return json::parse(read.answer(facts)).at("response");
  };
  EXPECT_TRUE(judged({"ReadWriteMany"}).at("allowed").as_bool());
  const auto refused = judged({"ReadWriteOnce"});
  EXPECT_FALSE(refused.at("allowed").as_bool());
  EXPECT_EQ(refused.at("status").at("details").at("causes").at(0).at("field"), "spec.replicas");
  const auto unjudged = json::parse(read.refuse("try again")).at("response");
  EXPECT_FALSE(unjudged.at("allowed").as_bool());
  EXPECT_EQ(unjudged.at("status").at("message"), "try again");
  EXPECT_EQ(unjudged.at("uid"), "705ab4f5-6393-11e8-b7cc-42010a800002");
}

}  // namespace
}  // namespace slipway::policy
