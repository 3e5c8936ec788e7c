// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/ledger.hpp"

#include <gtest/gtest.h>

#include "controller/clusters/reconciler.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::clusters {
namespace {

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = cluster_;
    cluster.spec.name = "demo";
    rows_.insert(cluster);
  }
  LedgerRow wanted() const {
    LedgerRow row;
    row.kind = "machine";
    row.cluster = cluster_;
    row.name = "demo-worker-1";
    return row;
  }

  const ClusterId cluster_{"c"};
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Rows rows_{*database_};
  Ledger ledger_{*database_, clock_};
};

TEST_F(LedgerTest, TheSameWishHasTheSameRowUntilItIsGone) {
  const auto first = ledger_.plan(wanted());
  ASSERT_TRUE(first);
  EXPECT_EQ(ledger_.plan(wanted())->id, first->id);
  ledger_.present(first->id, "cloud-1");
  EXPECT_EQ(ledger_.plan(wanted())->id, first->id);
  ledger_.gone(first->id);
  EXPECT_NE(ledger_.plan(wanted())->id, first->id);
}

TEST_F(LedgerTest, AMachineGoesWithItsVolumes) {
  const auto machine = ledger_.plan(wanted());
  LedgerRow volume = wanted();
  volume.kind = "volume";
  volume.parent = machine->id;
  volume.purpose = "etcd";
  const auto made = ledger_.plan(volume);
  ledger_.gone(machine->id);
  EXPECT_EQ(ledger_.find(made->id)->state, ResourceState::kGone);
}

TEST_F(LedgerTest, NothingIsPlannedForAClusterThatGoes) {
  rows_.set_state(cluster_, ClusterState::kDeleting, "");
  EXPECT_EQ(ledger_.plan(wanted()).error().code, base::ErrorCode::kConflict);
}

LedgerRow row(const std::string& id, ResourceState state, const std::string& cluster = "c") {
  LedgerRow made;
  made.id = ResourceId{id};
  made.kind = "machine";
  made.cluster = ClusterId{cluster};
  made.state = state;
  return made;
}

TEST(Compare, JudgesByRowsAndNeverByNames) {
  LedgerRow volume = row("v", ResourceState::kPresent, "dead");
  volume.kind = "volume";
  volume.parent = ResourceId{"m"};
  const std::vector<LedgerRow> ledger{
      row("there", ResourceState::kPresent),        row("lost", ResourceState::kPresent),
      row("asked", ResourceState::kPlanned),        row("twin", ResourceState::kGone),
      row("late", ResourceState::kPlanned, "dead"), volume};
  const std::vector<cloud::Tagged> tagged{{ResourceId{"there"}, "machine", "", ""},
                                          {ResourceId{"twin"}, "machine", "", ""},
                                          {ResourceId{"late"}, "machine", "", ""},
                                          {ResourceId{"v"}, "volume", "", ""},
                                          {ResourceId{"alien"}, "machine", "", "demo-worker-9"}};
  std::map<std::string, Finding> found;
  for (const auto& each : compare(ledger, tagged, {ClusterId{"dead"}})) {
    found.emplace(each.id.value, each);
  }
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found.at("lost").kind, Finding::Kind::kMissing);
  EXPECT_EQ(found.at("twin").kind, Finding::Kind::kOrphan);
  EXPECT_EQ(found.at("late").kind, Finding::Kind::kOrphan);
  EXPECT_EQ(found.at("v").kind, Finding::Kind::kOrphan);
  EXPECT_EQ(found.at("v").delete_by, ResourceId{"m"}) << "a volume goes with its machine";
  EXPECT_EQ(found.at("alien").kind, Finding::Kind::kForeign);
}

}  // namespace
}  // namespace slipway::clusters
