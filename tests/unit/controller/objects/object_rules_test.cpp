// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/object_rules.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::objects {
namespace {

namespace json = boost::json;

User by(const char* kind, const char* name, const char* how) {
  return {.kind = kind, .name_space = "own", .name = name, .how = how};
}

TEST(Removal, WhatNothingUsesGoes) {
  EXPECT_TRUE(check_removal({Used::kConfigMap, "settings", {}}));
  EXPECT_TRUE(check_removal({Used::kService, "web", {by("Deployment", "web", "selector")}}));
  EXPECT_TRUE(check_removal({Used::kClaim, "data", {by("Pod", "once-1", "finished")}}));
}

TEST(Removal, WhatIsUsedGoesByForceAlone) {
  Removal asked{Used::kConfigMap, "settings", {by("Deployment", "web", "template")}};
  const auto refused = check_removal(asked);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "in-use");
  EXPECT_EQ(refused.error().field, "force");
  EXPECT_EQ(refused.error().message,
            "ConfigMap settings is used by Deployment web: change them first, or delete it all the "
            "same with force=true");
  asked.by_force = true;
  EXPECT_TRUE(check_removal(asked));
  EXPECT_FALSE(check_removal({Used::kService, "web", {by("Ingress", "front", "backend")}}));
  EXPECT_FALSE(
      check_removal({Used::kStorageClass, "fast", {by("PersistentVolumeClaim", "data", "class")}}));
}

TEST(Removal, AClaimIsHeldByItsPodsWhateverForce) {
  Removal asked{
      Used::kClaim, "data", {by("Deployment", "web", "template"), by("Pod", "web-1", "pod")}, true};
  const auto refused = check_removal(asked);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "name");
  EXPECT_NE(refused.error().message.find("used by Pod web-1:"), std::string::npos);
  asked.users.pop_back();
  EXPECT_TRUE(check_removal(asked)) << "a stopped Deployment lets it go by force";
  asked.by_force = false;
  EXPECT_FALSE(check_removal(asked));
}

json::object claim(const char* size) {
  return {{"spec", json::object{{"resources",
                                 json::object{{"requests", json::object{{"storage", size}}}}}}}};
}

TEST(Growth, AClaimGrowsWhereItsClassCanAndNeverShrinks) {
  const Growth fast{"fast", true};
  const Growth fixed{"fixed", false};
  EXPECT_TRUE(check_growth(claim("1Gi"), claim("2Gi"), fast));
  EXPECT_TRUE(check_growth(claim("1Gi"), claim("2Gi"), std::nullopt)) << "the API server says";
  EXPECT_TRUE(check_growth(claim("1Gi"), claim("1024Mi"), fixed)) << "as large as it is";
  const auto shrunk = check_growth(claim("2Gi"), claim("2000Mi"), fast);
  ASSERT_FALSE(shrunk);
  EXPECT_EQ(shrunk.error().rule, "shrink");
  EXPECT_EQ(shrunk.error().field, "spec.resources.requests.storage");
  const auto fixed_one = check_growth(claim("1Gi"), claim("2Gi"), fixed);
  ASSERT_FALSE(fixed_one);
  EXPECT_EQ(fixed_one.error().rule, "not-expandable");
  EXPECT_EQ(check_growth(claim("1Gi"), claim("many"), fast).error().rule, "size");
}

TEST(UsedKind, ByItsPlural) {
  EXPECT_EQ(used_kind("secrets"), Used::kSecret);
  EXPECT_EQ(used_kind("pods"), std::nullopt);
}

}  // namespace
}  // namespace slipway::objects
