// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/subnet.hpp"

#include <gtest/gtest.h>

namespace slipway::cloud::local {
namespace {

Subnet net(std::string_view text) {
  return parse_subnet(text).value();
}

TEST(Subnet, ParsesWhatItPrints) {
  for (const char* text : {"10.210.0.0/22", "0.0.0.0/0", "255.255.255.255/32", "192.168.0.0/16"}) {
    EXPECT_EQ(net(text).text(), text);
  }
  EXPECT_EQ(net("10.210.0.0/22").gateway(), "10.210.0.1");
  EXPECT_EQ(net("10.210.0.0/22").address(300), "10.210.1.44");
}

TEST(Subnet, RefusesWhatIsNone) {
  for (const char* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8",
                           "10.0.0.1/8", "a/8", "10.0.0.0/8x", "fd00::/8"}) {
    EXPECT_EQ(parse_subnet(text).error().field, "subnet") << text;
  }
}

TEST(Subnet, OverlapsWhateverIsTheLarger) {
  EXPECT_TRUE(net("10.0.0.0/8").overlaps(net("10.210.0.0/22")));
  EXPECT_TRUE(net("10.210.0.0/22").overlaps(net("10.0.0.0/8")));
  EXPECT_FALSE(net("10.210.0.0/22").overlaps(net("10.210.4.0/22")));
  EXPECT_TRUE(net("0.0.0.0/0").overlaps(net("10.210.4.0/22")));
}

TEST(Subnet, PicksTheFirstThatIsFree) {
  EXPECT_EQ(pick_subnet({})->text(), "10.210.0.0/22");
  EXPECT_EQ(pick_subnet({net("10.210.3.0/24")})->text(), "10.211.0.0/22");
  EXPECT_EQ(pick_subnet({net("10.0.0.0/8")})->text(), "172.29.64.0/22");
  auto none = pick_subnet({net("0.0.0.0/0")});
  EXPECT_EQ(none.error().code, base::ErrorCode::kExhausted);
}

TEST(Subnet, ReadsTheKernelsRoutes) {
  auto routes = parse_routes(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t0100020A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t0000D20A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
      "damaged\n");
  ASSERT_EQ(routes.size(), 1u) << "a default route takes no network";
  EXPECT_EQ(routes[0].text(), "10.210.0.0/24");
}

TEST(Subnet, HandsOutAddressesInTurn) {
  Subnet subnet = net("10.0.0.0/28");
  EXPECT_EQ(next_host(subnet, 0, {}).value(), 10u);
  EXPECT_EQ(next_host(subnet, 11, {}).value(), 11u);
  EXPECT_EQ(next_host(subnet, 11, {11, 12}).value(), 13u);
  EXPECT_EQ(next_host(subnet, 13, {13, 14}).value(), 10u) << "goes round";
  EXPECT_EQ(next_host(subnet, 99, {}).value(), 14u);
  EXPECT_EQ(next_host(subnet, 0, {10, 11, 12, 13, 14}).error().code, base::ErrorCode::kExhausted);
}

}  // namespace
}  // namespace slipway::cloud::local
