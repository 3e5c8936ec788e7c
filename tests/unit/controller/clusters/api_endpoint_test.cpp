// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/api_endpoint.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::clusters {
namespace {

const ClusterId kDemo{"c"};

struct Site {
  explicit Site(base::asio::any_io_executor executor) : cloud(std::move(executor)) {
    ClusterRow cluster;
    cluster.id = kDemo;
    cluster.spec.name = "demo";
    cluster.spec.masters = 3;
    rows.insert(cluster);
  }
  LedgerRow balancer() {
    for (auto& row : ledger.of(kDemo)) {
      if (row.kind == kLoadBalancerKind) return row;
    }
    return {};
  }
  std::string api_address() { return rows.cluster(kDemo)->api_address; }

  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  fakes::FakeCloud cloud;
  Rows rows{*database};
  Ledger ledger{*database, clock};
  ApiEndpoint api{*database, cloud, clock};
};

/// Asks for the endpoint; `meanwhile` happens while the cloud works at it.
base::Result<> ensured(Site& site, base::asio::io_context& io, std::function<void()> meanwhile) {
  base::Result<> done;
  bool over = false;
  site.cloud.hold("ensure_load_balancer");
  base::asio::co_spawn(io, site.api.ensure(kDemo),
                       [&](const std::exception_ptr& thrown, base::Result<> ensured) {
                         EXPECT_FALSE(thrown);
                         done = std::move(ensured);
                         over = true;
                       });
  io.poll();
  EXPECT_FALSE(over);
  meanwhile();
  site.cloud.release("ensure_load_balancer");
  io.restart();
  io.run();
  EXPECT_TRUE(over);
  return done;
}

TEST(ApiEndpoint, IsPresentWhenTheCloudHasMadeIt) {
  base::asio::io_context io;
  Site site(io.get_executor());
  EXPECT_TRUE(ensured(site, io, [] {}));
  EXPECT_EQ(site.balancer().state, ResourceState::kPresent);
  EXPECT_FALSE(site.api_address().empty());
}

TEST(ApiEndpoint, ALateAnswerRevivesNoRowThatWasDeletedMeanwhile) {
  base::asio::io_context io;
  for (const auto state : {ResourceState::kDeleting, ResourceState::kGone}) {
    Site site(io.get_executor());
    const auto late = ensured(site, io, [&] { site.ledger.set(site.balancer().id, state); });
    EXPECT_EQ(late.error().code, base::ErrorCode::kConflict);
    EXPECT_EQ(site.balancer().state, state);
    EXPECT_TRUE(site.api_address().empty());
    io.restart();
  }
}

}  // namespace
}  // namespace slipway::clusters
