// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/budget_rules.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace slipway::quotas {
namespace {

using Why = Shortage::Why;

Level level(Amounts budget, Amounts given) {
  return {.level = "project",
          .name = "shop",
          .raisers = "administrators",
          .budget = std::move(budget),
          .given = std::move(given)};
}

TEST(BudgetRules, TheTableIsInTheOrderOfItsNames) {
  for (std::size_t i = 0; i < kResources.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kResources[i].resource), i);
    EXPECT_EQ(resource_named(kResources[i].name), kResources[i].resource);
  }
  EXPECT_FALSE(resource_named("gpus"));
}

TEST(BudgetRules, WhatIsLeftFitsAndNoMore) {
  const auto at = level({{Resource::kPods, 10}}, {{Resource::kPods, 7}});
  EXPECT_TRUE(weigh({{Resource::kPods, 3}}, {}, {at}).empty());
  EXPECT_TRUE(weigh({{Resource::kPods, 0}}, {}, {at}).empty());
  const auto over = weigh({{Resource::kPods, 4}}, {}, {at});
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].why, Why::kExceeds);
  EXPECT_EQ(over[0].left, 3);
  EXPECT_EQ(over[0].asked, 4);
  EXPECT_EQ(text_of(over[0]),
            "project shop has 3 pods left and 4 is asked; administrators can raise its budget");
}

TEST(BudgetRules, NoFigureIsTooMuchWhereThereIsABudget) {
  const auto at = level({{Resource::kCpu, 2000}}, {{Resource::kCpu, 500}});
  const auto unlimited = weigh({{Resource::kPods, 1}}, {}, {at});
  ASSERT_EQ(unlimited.size(), 1U);
  EXPECT_EQ(unlimited[0].why, Why::kUnlimited);
  EXPECT_EQ(text_of(unlimited[0]),
            "cpu needs a figure, since project shop has a budget for it with 1500m left; "
            "administrators can raise it");
  EXPECT_TRUE(weigh({}, {}, {level({}, {{Resource::kCpu, 500}})}).empty());
  EXPECT_TRUE(weigh_budget({}, {}, at).empty()) << "a project's namespaces count by themselves";
}

TEST(BudgetRules, WhoAsksForNoMoreThanTheyHaveIsNeverRefused) {
  const auto overdrawn = level({{Resource::kPods, 5}}, {{Resource::kPods, 9}});
  EXPECT_TRUE(weigh({{Resource::kPods, 3}}, {{Resource::kPods, 4}}, {overdrawn}).empty());
  EXPECT_TRUE(weigh({{Resource::kPods, 4}}, {{Resource::kPods, 4}}, {overdrawn}).empty());
  const auto more = weigh({{Resource::kPods, 5}}, {{Resource::kPods, 4}}, {overdrawn});
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(more[0].left, 0) << "never less than nothing";
}

TEST(BudgetRules, EachLevelIsAsked) {
  auto above = level({{Resource::kPods, 8}}, {{Resource::kPods, 8}});
  above.level = "department";
  above.name = "sales";
  const auto both = weigh({{Resource::kPods, 2}}, {}, {level({{Resource::kPods, 1}}, {}), above});
  ASSERT_EQ(both.size(), 2U);
  const auto refusal = refusal_of(both, "quota");
  EXPECT_EQ(refusal.error.code, base::ErrorCode::kExhausted);
  EXPECT_EQ(refusal.error.field, "quota.pods");
  EXPECT_NE(refusal.error.message.find("project shop has 1 pods left"), std::string::npos);
  EXPECT_NE(refusal.error.message.find("department sales has 0 pods left"), std::string::npos);
}

TEST(BudgetRules, ABudgetIsNotBelowWhatWasGivenAway) {
  const auto at = level({{Resource::kMemory, 8 << 20}}, {{Resource::kMemory, 5 << 20}});
  EXPECT_TRUE(weigh_given(at, {{Resource::kMemory, 5 << 20}}).empty());
  EXPECT_TRUE(weigh_given(at, {}).empty()) << "none at all is no less";
  const auto below = weigh_given(at, {{Resource::kMemory, 4 << 20}});
  ASSERT_EQ(below.size(), 1U);
  EXPECT_NE(text_of(below[0]).find("has given away 5Mi memory, so that its budget cannot be 4Mi"),
            std::string::npos)
      << text_of(below[0]);
  EXPECT_EQ(refusal_of(below, "budget").error.code, base::ErrorCode::kConflict);
}

TEST(BudgetRules, SumsDoNotOverflow) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const auto full = level({{Resource::kPods, kMost - 1}}, {{Resource::kPods, kMost - 1}});
  EXPECT_EQ(weigh({{Resource::kPods, kMost - 1}}, {}, {full}).size(), 1U);
}

}  // namespace
}  // namespace slipway::quotas
