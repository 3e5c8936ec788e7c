// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quota_objects.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::quotas {
namespace {

Amounts all_of_them() {
  Amounts all;
  for (const auto& facts : kResources) all[facts.resource] = 5000;
  all[Resource::kMemory] = std::int64_t{1} << 30;
  return all;
}

QuotaThere there_of(const QuotaObjects& objects) {
  return {.has_quota = true,
          .has_range = true,
          .hard = objects.hard,
          .default_limits = objects.defaults,
          .default_requests = objects.defaults,
          .least = objects.least};
}

TEST(QuotaObjects, HoldEveryCountInTheNativeForm) {
  const auto objects = objects_for(all_of_them(), made_by_kubernetes("v1.20.2"));
  const Quantities expected{{"requests.cpu", "5"},
                            {"limits.cpu", "5"},
                            {"requests.memory", "1Gi"},
                            {"limits.memory", "1Gi"},
                            {"requests.storage", "5000"},
                            {"persistentvolumeclaims", "5000"},
                            {"count/deployments.apps", "5000"},
                            {"count/statefulsets.apps", "5000"},
                            {"count/jobs.batch", "5000"},
                            {"count/cronjobs.batch", "5000"},
                            {"pods", "5000"},
                            {"configmaps", "5001"},
                            {"secrets", "5001"},
                            {"services", "5000"},
                            {"count/ingresses.extensions", "5000"},
                            {"count/ingresses.networking.k8s.io", "5000"}};
  EXPECT_EQ(objects.hard, expected);
  EXPECT_EQ(objects.defaults, (Quantities{{"cpu", "200m"}, {"memory", "256Mi"}}));
}

TEST(QuotaObjects, KubernetesOwnDependOnItsVersion) {
  EXPECT_EQ(made_by_kubernetes("v1.19.4"), (Amounts{{Resource::kSecrets, 1}}));
  EXPECT_EQ(made_by_kubernetes("v1.23.0"),
            (Amounts{{Resource::kConfigMaps, 1}, {Resource::kSecrets, 1}}));
  EXPECT_EQ(made_by_kubernetes("v1.31.1"), (Amounts{{Resource::kConfigMaps, 1}}));
}

TEST(QuotaObjects, DefaultsAreWithinTheFigureAndNeverNothing) {
  EXPECT_EQ(objects_for({{Resource::kCpu, 50}}, {}).defaults, (Quantities{{"cpu", "50m"}}));
  const auto none = objects_for({{Resource::kCpu, 0}, {Resource::kMemory, 0}}, {});
  EXPECT_EQ(none.defaults, (Quantities{{"cpu", "1m"}, {"memory", "4Mi"}}))
      << "a limit of 0 is none to Kubernetes";
  EXPECT_TRUE(objects_for({{Resource::kPods, 3}}, {}).defaults.empty());
}

TEST(QuotaObjects, AreComparedByValue) {
  const auto wanted = objects_for(all_of_them(), {});
  auto there = there_of(wanted);
  there.hard["limits.cpu"] = "5000m";
  there.hard["limits.memory"] = "1024Mi";
  there.hard["services.nodeports"] = "0";  // somebody else's
  EXPECT_TRUE(is_quota_as_wanted(wanted, there));
  EXPECT_TRUE(is_range_as_wanted(wanted, there));
  auto changed = there;
  changed.hard["pods"] = "5001";
  EXPECT_FALSE(is_quota_as_wanted(wanted, changed));
  changed = there;
  changed.hard.erase("pods");
  EXPECT_FALSE(is_quota_as_wanted(wanted, changed));
  changed = there;
  changed.default_limits["cpu"] = "2";
  EXPECT_FALSE(is_range_as_wanted(wanted, changed));
  changed = there;
  changed.least.clear();
  EXPECT_FALSE(is_range_as_wanted(wanted, changed));
  EXPECT_FALSE(is_quota_as_wanted(wanted, {}));
  EXPECT_FALSE(is_quota_as_wanted({}, there)) << "none is wanted";
  EXPECT_TRUE(is_quota_as_wanted({}, {}));
  const auto fewer = objects_for({{Resource::kPods, 5000}}, {});
  EXPECT_FALSE(is_quota_as_wanted(fewer, there)) << "a figure that was taken away";
}

TEST(QuotaObjects, APatchTakesAwayWhatIsUnlimited) {
  const auto objects = objects_for({{Resource::kPods, 3}, {Resource::kCpu, 1000}}, {});
  const auto patch =
      boost::json::parse(quota_body(objects, true)).at("spec").at("hard").as_object();
  EXPECT_EQ(patch.at("pods").as_string(), "3");
  EXPECT_TRUE(patch.at("secrets").is_null());
  const auto made = boost::json::parse(quota_body(objects, false));
  EXPECT_EQ(made.at("metadata").at("name").as_string(), kQuotaName);
  EXPECT_FALSE(made.at("spec").at("hard").as_object().contains("secrets"));
  const auto range = boost::json::parse(range_body(objects, false)).at("spec").at("limits").at(0);
  EXPECT_EQ(range.at("default").at("cpu").as_string(), "200m");
  EXPECT_EQ(range.at("defaultRequest").at("cpu").as_string(), "200m");
  EXPECT_EQ(range.at("min").at("cpu").as_string(), "1m");
}

TEST(QuotaObjects, WhatIsUsedIsToldWithoutKubernetesOwn) {
  const auto used = used_of({{"secrets", "3"},
                             {"configmaps", "0"},
                             {"limits.cpu", "1500m"},
                             {"requests.cpu", "1"},
                             {"pods", "x"},
                             {"count/ingresses.extensions", "2"}},
                            made_by_kubernetes("v1.20.2"));
  EXPECT_EQ(used, (Amounts{{Resource::kSecrets, 2},
                           {Resource::kConfigMaps, 0},
                           {Resource::kCpu, 1500},
                           {Resource::kIngresses, 2}}));
}

}  // namespace
}  // namespace slipway::quotas
