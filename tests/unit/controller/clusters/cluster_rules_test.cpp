// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rules.hpp"

#include <gtest/gtest.h>

namespace slipway::clusters {
namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

std::vector<cloud::Flavor> flavors() {
  return {{"small", 2, 2 * kGib}, {"large", 4, 8 * kGib}};
}

ClusterSpec demo() {
  ClusterSpec spec;
  spec.name = "demo";
  spec.masters = 1;
  spec.workers = 2;
  return spec;
}

TEST(Flavors, AnEmptyOneIsTheFirstThatIsLargeEnough) {
  ClusterSpec spec = demo();
  ASSERT_TRUE(choose_flavors(spec, flavors(), false));
  EXPECT_EQ(spec.master_flavor, "large");
  spec = demo();
  ASSERT_TRUE(choose_flavors(spec, flavors(), true));
  EXPECT_EQ(spec.worker_flavor, "small");
}

TEST(Flavors, AnUnknownOneIsRefusedWithThoseThatThereAre) {
  ClusterSpec spec = demo();
  spec.worker_flavor = "huge";
  const auto refused = choose_flavors(spec, flavors(), true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "workerFlavor");
  EXPECT_NE(refused.error().message.find("small, large"), std::string::npos);
}

TEST(Flavors, BelowFourCpusAndEightGibIsRefusedOnARealCloud) {
  ClusterSpec spec = demo();
  spec.master_flavor = "small";
  EXPECT_EQ(choose_flavors(spec, flavors(), false).error().field, "masterFlavor");
  EXPECT_TRUE(choose_flavors(spec, flavors(), true));
}

TEST(Quotas, EachShortOneIsNamedWithWhatIsLeft) {
  ClusterSpec spec = demo();
  ASSERT_TRUE(choose_flavors(spec, flavors(), true));
  const auto refused = check_quotas(
      spec, flavors(), {{"machines", 4, 2}, {"cpus", 100, 0}, {"volumes", 6, 0}, {"odd", 0, 0}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kExhausted);
  EXPECT_EQ(
      refused.error().message,
      "the cloud's quota is too small: machines: 3 needed, 2 left; volumes: 7 needed, 6 left");
}

TEST(Quotas, NoLimitAndEnoughAreGood) {
  EXPECT_TRUE(check_quotas(demo(), flavors(), {{"machines", -1, 900}, {"volumes", 7, 0}}));
}

TEST(Version, MustBeThatOfTheImage) {
  ClusterSpec spec = demo();
  EXPECT_TRUE(check_version(spec, "v1.20.2"));
  spec.kubernetes_version = "1.20.2";
  EXPECT_TRUE(check_version(spec, "v1.20.2"));
  spec.kubernetes_version = "v1.31.0";
  EXPECT_EQ(check_version(spec, "v1.20.2").error().field, "kubernetesVersion");
}

TEST(Networks, OverlapWhenOneHoldsTheOther) {
  EXPECT_TRUE(overlaps("10.0.0.0/8", "10.96.0.0/16"));
  EXPECT_TRUE(overlaps("10.96.1.0/24", "10.96.0.0/16"));
  EXPECT_FALSE(overlaps("10.97.0.0/16", "10.96.0.0/16"));
  EXPECT_FALSE(overlaps("rubbish", "10.96.0.0/16"));
}

}  // namespace
}  // namespace slipway::clusters
