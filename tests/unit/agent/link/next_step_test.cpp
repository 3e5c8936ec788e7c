// SPDX-License-Identifier: Apache-2.0
#include "agent/link/next_step.hpp"

#include <gtest/gtest.h>

namespace slipway::agent_link {
namespace {

using namespace std::chrono_literals;

const base::UtcTime kNow = base::from_unix_ms(1'800'000'000'000);

Standing certified() {
  return {.certified = true, .not_before = kNow - 1h, .not_after = kNow + 23h, .has_token = true};
}

TEST(NextStep, FirstBootEnrolsThenDials) {
  EXPECT_EQ(next_step({.has_token = true}, kNow), Step::kEnrol);
  EXPECT_EQ(next_step(certified(), kNow), Step::kDial);
}

TEST(NextStep, AnEndedOrRefusedCertificateIsRenewed) {
  Standing standing = certified();
  EXPECT_EQ(next_step(standing, kNow + 23h), Step::kRenew);
  standing.certificate_refused = true;
  EXPECT_EQ(next_step(standing, kNow), Step::kRenew);
}

TEST(NextStep, ALostCertificateWithoutTokenIsRenewed) {
  EXPECT_EQ(next_step({}, kNow), Step::kRenew);
}

TEST(NextStep, DenialsOfOneWayTryTheOther) {
  Standing standing{.has_token = true};
  standing.enrol_denied = true;
  EXPECT_EQ(next_step(standing, kNow), Step::kRenew);
  standing.enrol_denied = false;
  standing.renew_denied = true;
  EXPECT_EQ(next_step(standing, kNow), Step::kEnrol);
  standing = certified();
  standing.certificate_refused = true;
  standing.renew_denied = true;
  EXPECT_EQ(next_step(standing, kNow), Step::kEnrol);
  standing.has_token = false;
  EXPECT_EQ(next_step(standing, kNow), Step::kRenew);
}

TEST(NextStep, RenewalIsDueAtHalfLife) {
  EXPECT_EQ(renewal_time(kNow, kNow + 24h), kNow + 12h);
}

TEST(NextStep, RetriesOfARenewalFitIntoTheLife) {
  EXPECT_EQ(renewal_retry(kNow, kNow + 24h), base::Duration(5min));
  EXPECT_EQ(renewal_retry(kNow, kNow + 60s), base::Duration(3s));
  EXPECT_EQ(renewal_retry(kNow, kNow), base::Duration(1s));
}

}  // namespace
}  // namespace slipway::agent_link
