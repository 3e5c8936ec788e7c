// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/percent.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

TEST(Percent, LeavesWhatMayStandAndEncodesTheRest) {
  EXPECT_EQ(percent_encoded("web-1.example_org~a:b"), "web-1.example_org~a:b");
  EXPECT_EQ(percent_encoded("a/b?c=d&e %+#"), "a%2Fb%3Fc%3Dd%26e%20%25%2B%23");
  EXPECT_EQ(percent_encoded("ä\n"), "%C3%A4%0A");
  EXPECT_EQ(percent_encoded(std::string("\0", 1)), "%00");
  EXPECT_EQ(percent_encoded(""), "");
}

TEST(Percent, ASegmentOfDotsDoesNotClimb) {
  EXPECT_EQ(percent_encoded("."), "%2E");
  EXPECT_EQ(percent_encoded(".."), "%2E%2E");
  EXPECT_EQ(percent_encoded("..."), "...");
}

}  // namespace
}  // namespace slipway::net
