// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/reconciler.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::clusters {
namespace {

/// While its answer is on the way, `meanwhile` happens.
class SlowCloud : public fakes::FakeCloud {
 public:
  using FakeCloud::FakeCloud;
  base::Task<base::Result<std::vector<cloud::Tagged>>> tagged() override {
    auto seen = co_await FakeCloud::tagged();
    if (meanwhile) meanwhile();
    co_return seen;
  }
  std::function<void()> meanwhile;
};

/// A ledger and a cloud that may differ.
class ReconcilerTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = cluster_;
    cluster.spec.name = "demo";
    rows_.insert(cluster);
  }
  ResourceId plan(const std::string& name) {
    LedgerRow row;
    row.kind = "machine";
    row.cluster = cluster_;
    row.name = name;
    return ledger_.plan(row)->id;
  }
  void make(const ResourceId& id) {
    cloud::MachineSpec spec;
    spec.id = id;
    spec.name = "demo-worker-1";
    ASSERT_TRUE(fakes::run_task(io_, cloud_.ensure_machine(spec)));
  }
  std::vector<Finding> reconcile() {
    auto found = fakes::run_task(io_, reconciler_.run());
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::vector<Finding>{});
  }
  ResourceState state(const ResourceId& id) { return ledger_.find(id)->state; }

  const ClusterId cluster_{"c"};
  boost::asio::io_context io_;
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Rows rows_{*database_};
  Ledger ledger_{*database_, clock_};
  SlowCloud cloud_{io_.get_executor()};
  Reconciler reconciler_{*database_, cloud_, clock_};
};

TEST_F(ReconcilerTest, WhatTheCloudLostIsMissing) {
  const auto id = plan("demo-worker-1");
  make(id);
  ledger_.present(id, "cloud-1");
  EXPECT_TRUE(reconcile().empty());
  cloud_.lose(id);
  EXPECT_EQ(reconcile().size(), 1U);
  EXPECT_EQ(state(id), ResourceState::kMissing);
}

TEST_F(ReconcilerTest, WhatOutlivedItsDeletionIsDeletedAgain) {
  const auto id = plan("demo-worker-1");
  make(id);
  ledger_.gone(id);
  EXPECT_EQ(reconcile().size(), 1U);
  EXPECT_EQ(cloud_.machine_count(), 0U);
}

TEST_F(ReconcilerTest, WhatIsNotOursIsLeftAlone) {
  make(ResourceId{"alien"});
  EXPECT_EQ(reconcile().size(), 1U);
  EXPECT_EQ(cloud_.machine_count(), 1U);
}

TEST_F(ReconcilerTest, ARowThatChangesWhileTheCloudAnswersIsNotJudged) {
  const auto id = plan("demo-worker-1");
  cloud_.meanwhile = [&] { ledger_.present(id, "cloud-1"); };
  EXPECT_TRUE(reconcile().empty());
  EXPECT_EQ(state(id), ResourceState::kPresent);
}

}  // namespace
}  // namespace slipway::clusters
