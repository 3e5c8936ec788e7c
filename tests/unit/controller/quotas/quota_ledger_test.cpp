// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quota_ledger.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.hpp"

namespace slipway::quotas {
namespace {

using base::ErrorCode;
using Why = Shortage::Why;

Amounts pods(std::int64_t count) {
  return {{Resource::kPods, count}};
}

class QuotaLedgerTest : public ::testing::Test {
 protected:
  QuotaLedgerTest() {
    sales = *tenancy.add_department("sales");
    shop = *tenancy.add_project(sales, "shop");
    bank = *tenancy.add_project(sales, "bank");
  }
  Where at(const std::string& name, const std::string& cluster = "c1") {
    return {.cluster = {cluster}, .name_space = name};
  }
  Ask ask(const std::string& name, const access::Project& of, Amounts amounts) {
    return {.where = at(name), .project = of, .amounts = std::move(amounts)};
  }
  std::int64_t given(const access::Project& of) {
    auto all = ledger.budget_of(of).given;
    return all[Resource::kPods];
  }
  std::int64_t given_in_sales() {
    auto all = ledger.budget_of(sales).given;
    return all[Resource::kPods];
  }

  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  access::Users users{*database, clock};
  access::Tenancy tenancy{*database, clock};
  QuotaLedger ledger{*database, tenancy, clock};
  access::Department sales;
  access::Project shop;
  access::Project bank;
};

TEST_F(QuotaLedgerTest, WithoutBudgetsAnythingGoes) {
  ASSERT_TRUE(ledger.allot(ask("a", shop, {}), {"i"}));
  ASSERT_TRUE(ledger.allot(ask("b", shop, pods(1'000'000)), {"i"}));
  ASSERT_TRUE(ledger.allot({.where = at("c")}, {"i"})) << "of no project";
  EXPECT_EQ(ledger.allot(ask("a", shop, {}), {"i"}).error().error.code, ErrorCode::kConflict);
}

TEST_F(QuotaLedgerTest, AProjectsNamespacesOfAllClustersStayWithinItsBudget) {
  ASSERT_TRUE(ledger.set_budget(shop, pods(10), 0, false));
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(6)), {"i"}));
  auto elsewhere = ask("a", shop, pods(5));
  elsewhere.where = at("a", "c2");
  const auto refused = ledger.allot(elsewhere, {"i"});
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().shortages.size(), 1U);
  EXPECT_EQ(refused.error().shortages[0].level, "project");
  EXPECT_EQ(refused.error().shortages[0].left, 4);
  EXPECT_EQ(refused.error().shortages[0].raisers,
            "administrators of department sales and administrators");
  EXPECT_FALSE(ledger.find(elsewhere.where)) << "a refusal leaves nothing";
  elsewhere.amounts = pods(4);
  elsewhere.only_weigh = true;
  EXPECT_TRUE(ledger.allot(elsewhere, {"i"}));
  EXPECT_FALSE(ledger.find(elsewhere.where)) << "nor does a dry run";
  elsewhere.only_weigh = false;
  EXPECT_TRUE(ledger.allot(elsewhere, {"i"}));
  EXPECT_EQ(given(shop), 10);
  ledger.release(at("a"));
  EXPECT_EQ(given(shop), 4);
}

TEST_F(QuotaLedgerTest, ADepartmentCountsProjectsByTheirBudgetOrByWhatTheyGave) {
  ASSERT_TRUE(ledger.set_budget(sales, pods(20), 0, false));
  ASSERT_TRUE(ledger.set_budget(shop, pods(12), 0, false));
  EXPECT_EQ(given_in_sales(), 12) << "all of the shop's, given or not";
  ASSERT_TRUE(ledger.allot(ask("a", bank, pods(5)), {"i"})) << "the bank has no budget of its own";
  EXPECT_EQ(given_in_sales(), 17);
  const auto refused = ledger.allot(ask("b", bank, pods(4)), {"i"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().shortages[0].level, "department");
  EXPECT_EQ(refused.error().shortages[0].left, 3);
  EXPECT_EQ(refused.error().shortages[0].raisers, "administrators");
  ASSERT_TRUE(ledger.allot(ask("c", shop, pods(12)), {"i"})) << "it is counted already";
  EXPECT_EQ(given_in_sales(), 17);
  const auto too_much = ledger.set_budget(bank, pods(9), 0, false);
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().error.field, "budget.pods");
  EXPECT_EQ(too_much.error().shortages[0].left, 8);
  EXPECT_TRUE(ledger.set_budget(bank, pods(8), 0, false));
  EXPECT_FALSE(ledger.allot(ask("d", bank, {}), {"i"})) << "no figure is all there is";
}

TEST_F(QuotaLedgerTest, ABudgetIsNotLoweredBelowWhatWasGivenAway) {
  ASSERT_TRUE(ledger.set_budget(sales, pods(20), 0, false));
  ASSERT_TRUE(ledger.set_budget(shop, pods(10), 0, false));
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(6)), {"i"}));
  const auto low = ledger.set_budget(shop, pods(5), 1, false);
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().shortages[0].why, Why::kGivenAway);
  EXPECT_EQ(low.error().shortages[0].given, 6);
  const auto department = ledger.set_budget(sales, pods(9), 1, false);
  ASSERT_FALSE(department);
  EXPECT_EQ(department.error().shortages[0].given, 10);
  EXPECT_TRUE(ledger.set_budget(shop, pods(6), 1, true)) << "dry";
  EXPECT_EQ(ledger.budget_of(shop).version, 1);
  EXPECT_TRUE(ledger.set_budget(shop, pods(6), 1, false));
  EXPECT_TRUE(ledger.set_budget(sales, pods(6), 1, false));
}

TEST_F(QuotaLedgerTest, ABudgetComesAfterTheFiguresOfTheNamespaces) {
  ASSERT_TRUE(ledger.allot(ask("a", shop, {}), {"i"}));
  for (const auto& refused : {ledger.set_budget(shop, pods(10), 0, false),
                              ledger.set_budget(sales, pods(10), 0, false)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().shortages[0].why, Why::kUncounted);
    EXPECT_EQ(refused.error().shortages[0].uncounted, "a");
  }
  ASSERT_TRUE(ledger.change(ask("a", shop, pods(3)), 1));
  EXPECT_TRUE(ledger.set_budget(sales, pods(10), 0, false));
  EXPECT_TRUE(ledger.set_budget(shop, pods(3), 0, false));
}

TEST_F(QuotaLedgerTest, AnEditCountsTheLargerFigureUntilTheClusterHasIt) {
  ASSERT_TRUE(ledger.set_budget(shop, pods(10), 0, false));
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(8)), {"i"}));
  const auto lowered = ledger.change(ask("a", shop, pods(2)), 1);
  ASSERT_TRUE(lowered);
  EXPECT_EQ(given(shop), 8) << "the cluster may still hold it";
  EXPECT_FALSE(ledger.allot(ask("b", shop, pods(3)), {"i"}));
  ledger.settle(at("a"), 1);
  EXPECT_EQ(given(shop), 8) << "that is an older one's";
  ledger.settle(at("a"), 2);
  EXPECT_EQ(given(shop), 2);
  ASSERT_TRUE(ledger.allot(ask("b", shop, pods(3)), {"i"}));
  EXPECT_FALSE(ledger.change(ask("a", shop, pods(8)), 2)) << "7 are left to it";
  const auto was = *ledger.find(at("a"));
  ASSERT_TRUE(ledger.change(ask("a", shop, pods(7)), 2));
  ledger.put_back(was, 3);
  EXPECT_EQ(given(shop), 5) << "the cluster refused it";
  EXPECT_EQ(ledger.find(at("a"))->version, 4) << "and who saw 3 must look again";
}

TEST_F(QuotaLedgerTest, AnEditOfAnOldVersionIsRefusedWithBoth) {
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(1)), {"i"}));
  ASSERT_TRUE(ledger.change(ask("a", shop, pods(2)), 1));
  const auto late = ledger.change(ask("a", shop, pods(3)), 1);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().error.code, ErrorCode::kConflict);
  EXPECT_EQ(late.error().yours, 1);
  EXPECT_EQ(late.error().present, 2);
  ASSERT_TRUE(ledger.set_budget(shop, {}, 0, false));
  EXPECT_EQ(ledger.set_budget(shop, {}, 0, false).error().present, 1);
}

TEST_F(QuotaLedgerTest, ANamespaceMovesWithWhatItHasWhereItFits) {
  ASSERT_TRUE(ledger.set_budget(shop, pods(10), 0, false));
  ASSERT_TRUE(ledger.set_budget(bank, pods(4), 0, false));
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(5)), {"i"}));
  EXPECT_FALSE(ledger.move(at("a"), bank, {"i"}));
  EXPECT_EQ(given(shop), 5);
  ASSERT_TRUE(ledger.move(at("a"), std::nullopt, {"i"}));
  EXPECT_EQ(given(shop), 0);
  EXPECT_FALSE(ledger.move(at("new"), bank, {"i"})) << "one without a figure";
  EXPECT_FALSE(ledger.find(at("new")));
}

TEST_F(QuotaLedgerTest, ANamespaceThatMovesWithinADepartmentIsCountedOnce) {
  ASSERT_TRUE(ledger.set_budget(sales, pods(10), 0, false));
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(6)), {"i"}));
  ASSERT_TRUE(ledger.allot(ask("b", shop, pods(3)), {"i"}));
  const auto moved = ledger.move(at("a"), bank, {"i"});
  ASSERT_TRUE(moved) << moved.error().error.message;
  EXPECT_EQ(given(bank), 6);
  EXPECT_EQ(given_in_sales(), 9);
  EXPECT_EQ(ledger.in_force(ledger.adopt(at("a"), shop)), pods(6)) << "the same by its label";
  ASSERT_TRUE(ledger.set_budget(shop, pods(9), 0, false));
  const auto refused = ledger.move(at("a"), bank, {"i"});
  ASSERT_FALSE(refused) << "the shop keeps its budget, and the department has 1 left";
  EXPECT_EQ(refused.error().shortages[0].level, "department");
  EXPECT_EQ(refused.error().shortages[0].left, 1);
}

TEST_F(QuotaLedgerTest, WhatCameByAnotherWayGetsNothingOfABudget) {
  ASSERT_TRUE(ledger.set_budget(bank, pods(4), 0, false));
  auto taken = ledger.adopt(at("made-by-kubectl"), bank);
  EXPECT_EQ(ledger.in_force(taken), pods(0));
  EXPECT_EQ(given(bank), 0);
  EXPECT_TRUE(ledger.set_budget(bank, pods(5), 1, false)) << "nothing of it is uncounted";
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(5)), {"i"}));
  taken = ledger.adopt(at("a"), bank);
  EXPECT_EQ(ledger.in_force(taken), pods(5)) << "moved by its label, and it fits";
  ASSERT_TRUE(ledger.allot(ask("b", shop, pods(1)), {"i"}));
  taken = ledger.adopt(at("b"), bank);
  EXPECT_EQ(ledger.in_force(taken), pods(0)) << "that did not";
  EXPECT_EQ(given(bank), 5);
}

TEST_F(QuotaLedgerTest, RowsGoWithTheirClusterAndOutliveTheProcess) {
  ASSERT_TRUE(ledger.allot(ask("a", shop, pods(5)), {"i"}));
  QuotaLedger again{*database, tenancy, clock};
  EXPECT_EQ(again.find(at("a"))->amounts, pods(5));
  EXPECT_EQ(again.find(at("a"))->intent.value, "i");
  again.made(at("a"));
  again.seen(at("a"));
  EXPECT_TRUE(ledger.find(at("a"))->intent.empty());
  EXPECT_TRUE(ledger.find(at("a"))->seen);
  EXPECT_EQ(ledger.clusters().size(), 1U);
  ledger.forget({"c1"});
  EXPECT_TRUE(ledger.clusters().empty());
}

}  // namespace
}  // namespace slipway::quotas
