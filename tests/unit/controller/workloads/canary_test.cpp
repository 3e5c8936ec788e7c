// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/canary.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace slipway::workloads {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

json::object web(const std::string& more = {}, const std::string& labels = R"({"team":"a"})") {
  return json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web",
    "uid":"u1","resourceVersion":"7","labels":)" +
                     labels + R"(},"spec":{"replicas":4,"minReadySeconds":2)" + more +
                     R"(,"selector":{"matchLabels":{"app":"web"}},
    "template":{"metadata":{"labels":{"app":"web","tier":"front"}},"spec":{
      "containers":[{"name":"main","image":"shop:1"},{"name":"side","image":"log:1"}],
      "initContainers":[{"name":"first","image":"init:1"}]}}}})")
      .as_object();
}

std::string text(const json::value& value) {
  return json::serialize(value);
}

TEST(CanaryTest, StandsBesideItsDeploymentBehindTheSameServices) {
  const auto made = canary_of(web(), {.replicas = 2, .images = {{"main", "shop:2"}}});
  ASSERT_TRUE(made) << made.error().message;
  const auto& metadata = made->at("metadata").as_object();
  EXPECT_EQ(metadata.at("name"), "web-canary");
  EXPECT_EQ(text(metadata.at("labels")), R"({"team":"a","slipway.io/canary-of":"web"})");
  EXPECT_THAT(text(metadata.at("ownerReferences")), HasSubstr(R"("uid":"u1")"));
  EXPECT_THAT(text(metadata.at("ownerReferences")), Not(HasSubstr("controller")))
      << "it goes with its Deployment, which does not keep it as its own";
  const auto& spec = made->at("spec").as_object();
  EXPECT_EQ(spec.at("replicas"), 2);
  EXPECT_EQ(spec.at("minReadySeconds"), 2);
  EXPECT_EQ(text(spec.at("selector")),
            R"({"matchLabels":{"app":"web","slipway.io/canary-of":"web"}})");
  const auto& pods = spec.at("template").as_object();
  EXPECT_EQ(text(pods.at("metadata").at("labels")),
            R"({"app":"web","tier":"front","slipway.io/canary-of":"web"})");
  EXPECT_THAT(text(pods), HasSubstr(R"({"name":"main","image":"shop:2"})"));
  EXPECT_THAT(text(pods), HasSubstr(R"({"name":"side","image":"log:1"})"));
}

TEST(CanaryTest, HasTheTemplateThatIsGiven) {
  auto whole = web().at("spec").at("template").as_object();
  whole["spec"].as_object()["priorityClassName"] = "high";
  const auto made =
      canary_of(web(R"(,"paused":true)"), {.pod_template = whole, .images = {{"first", "init:2"}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->at("spec").at("template").at("spec").at("priorityClassName"), "high");
  EXPECT_THAT(text(*made), HasSubstr("init:2"));
  EXPECT_FALSE(made->at("spec").as_object().contains("paused")) << "it is rolled out at once";
}

TEST(CanaryTest, IsRefusedWithFieldRuleAndWayOut) {
  const std::map<std::string, std::string> images{{"main", "shop:2"}};
  auto stray = web().at("spec").at("template").as_object();
  stray["metadata"].at("labels").as_object()["tier"] = "back";
  auto nameless = web();
  nameless["metadata"].as_object()["name"] = std::string(57, 'w');
  auto stopped = web();
  stopped["spec"].as_object()["replicas"] = 0;
  struct Case {
    json::object of;
    CanaryAsked asked;
    const char* field;
    const char* rule;
    const char* words;
  };
  const Case cases[] = {
      {stopped, {.images = images}, "name", "stopped", "start it first"},
      {web("", R"({"slipway.io/canary-of":"web"})"),
       {.images = images},
       "name",
       "canary",
       "itself"},
      {nameless, {.images = images}, "name", "length", "at most 56"},
      {web(), {.images = {{"none", "x"}}}, "images.none", "container", "no container none"},
      {web(), {}, "template", "present", "other images"},
      {web(), {.images = {{"main", "shop:1"}}}, "template", "present", "other images"},
      {web(), {.pod_template = stray}, "template.metadata.labels.tier", "labels", "leave tier"},
      {web(), {.images = images, .resource_version = "6"}, "resourceVersion", "changed", "again"},
      {web(),
       {.images = images, .single_node_claims = {"data"}},
       "name",
       "single-node-claim",
       "claim data"},
  };
  for (const auto& [of, asked, field, rule, words] : cases) {
    const auto refused = canary_of(of, asked);
    ASSERT_FALSE(refused) << rule;
    EXPECT_EQ(refused.error().field, field);
    EXPECT_EQ(refused.error().rule, rule);
    EXPECT_THAT(refused.error().message, HasSubstr(words));
  }
  EXPECT_EQ(canary_of(web(), {.images = images, .resource_version = "7"}).has_value(), true);
}

TEST(CanaryTest, IsPromotedByItsTemplateWithoutItsMark) {
  const auto canary = *canary_of(web(), {.images = {{"main", "shop:2"}}});
  const auto change = promote(web(), canary);
  ASSERT_TRUE(change);
  ASSERT_TRUE(*change);
  EXPECT_THAT(text((*change)->body),
              HasSubstr(R"("path":"/metadata/resourceVersion","value":"7")"));
  EXPECT_THAT(text((*change)->body), HasSubstr("shop:2"));
  EXPECT_THAT(text((*change)->body), Not(HasSubstr("canary")));
  auto after = web();
  after["spec"].as_object()["template"] = promoted_template(canary);
  EXPECT_EQ(*promote(after, canary), std::nullopt) << "asked again it changes nothing";
  const auto paused = promote(web(R"(,"paused":true)"), canary);
  ASSERT_FALSE(paused);
  EXPECT_EQ(paused.error().rule, "paused");
}

TEST(CanaryTest, IsNotPromotedOverWhatWasChangedSinceItWasStarted) {
  auto canary = *canary_of(web(), {.images = {{"main", "shop:2"}}});
  auto restarted = web();
  auto& restart = restarted["spec"].at("template").at("metadata").as_object();
  restart["annotations"] = json::object{{"kubectl.kubernetes.io/restartedAt", "now"}};
  const auto scaled = web(R"(,"minReadySeconds":9)");
  for (const auto& same : {web(), restarted, scaled}) {
    const auto change = promote(same, canary);
    ASSERT_TRUE(change) << change.error().message;
    EXPECT_TRUE(*change);
  }
  auto changed = web();
  changed["spec"].at("template").at("spec").at("containers").at(1).as_object()["image"] = "log:2";
  const auto refused = promote(changed, canary);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(refused.error().rule, "changed");
  EXPECT_EQ(refused.error().field, "force");
  EXPECT_THAT(refused.error().message, HasSubstr("withdraw the canary and start it anew"));
  EXPECT_TRUE(promote(changed, canary, true)) << "by force";
  canary["metadata"].as_object().erase("annotations");
  EXPECT_TRUE(promote(changed, canary)) << "of one that was started before that was noted";
}

TEST(CanaryTest, ChangesAreForThisVeryObject) {
  const auto canary = json::parse(R"({"metadata":{"uid":"u2","resourceVersion":"9"}})").as_object();
  EXPECT_EQ(text(mark_promoting(canary).body),
            R"({"metadata":{"uid":"u2","labels":{"slipway.io/canary-phase":"promoting"},)"
            R"("resourceVersion":"9"}})");
  EXPECT_EQ(deletion(canary).method, "DELETE");
  EXPECT_THAT(text(deletion(canary).body), HasSubstr(R"("preconditions":{"uid":"u2"})"));
}

TEST(CanaryTest, OddObjectsAreReadAsEmpty) {
  for (const char* odd :
       {"{}", R"({"metadata":7,"spec":[]})",
        R"({"metadata":{"name":"web","labels":1},"spec":{"template":[],"selector":2}})",
        R"({"spec":{"template":{"spec":{"containers":[1,{"name":2}]}}}})"}) {
    const auto of = json::parse(odd).as_object();
    EXPECT_FALSE(canary_of(of, {.images = {{"main", "x"}}})) << odd;
    EXPECT_FALSE(canary_of(of, {})) << odd;
    (void)promote(of, of);
    (void)deletion(of);
  }
}

}  // namespace
}  // namespace slipway::workloads
