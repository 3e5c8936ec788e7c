// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/upkeep.hpp"

#include <gtest/gtest.h>

namespace slipway::quotas {
namespace {

constexpr base::UtcTime kThen{std::chrono::hours{500'000}};

Allotment row(bool seen, const char* intent = "") {
  return {.project = {"p"}, .intent = {intent}, .seen = seen, .touched = kThen};
}

TEST(Upkeep, ARowOutlivesWhatMayStillCome) {
  const auto soon = kThen + kUnseenGrace;
  EXPECT_EQ(upkeep_of(row(false, "i"), false, Maker::kWaiting, kThen + std::chrono::hours{99}),
            Upkeep::kKeep);
  EXPECT_EQ(upkeep_of(row(false), false, Maker::kNone, soon), Upkeep::kKeep)
      << "made, and the mirror is not that far";
  EXPECT_EQ(upkeep_of(row(false, "i"), false, Maker::kDone, soon), Upkeep::kMarkMade);
  EXPECT_EQ(upkeep_of(row(true, "i"), true, Maker::kRefused, soon), Upkeep::kMarkMade)
      << "it was not moved";
  EXPECT_EQ(upkeep_of(row(false), true, Maker::kNone, soon), Upkeep::kMarkSeen);
  EXPECT_EQ(upkeep_of(row(true), true, Maker::kNone, soon), Upkeep::kKeep);
}

TEST(Upkeep, ARowGoesWithItsNamespace) {
  const auto late = kThen + kUnseenGrace + std::chrono::milliseconds{1};
  EXPECT_EQ(upkeep_of(row(true), false, Maker::kNone, kThen), Upkeep::kRelease);
  EXPECT_EQ(upkeep_of(row(false, "i"), false, Maker::kRefused, kThen), Upkeep::kRelease);
  EXPECT_EQ(upkeep_of(row(false, "i"), true, Maker::kRefused, kThen), Upkeep::kRelease)
      << "what is there is somebody else's, and gets no quota by a request that was refused";
  EXPECT_EQ(upkeep_of(row(false), false, Maker::kNone, late), Upkeep::kRelease)
      << "made and gone between two looks";
}

TEST(Upkeep, ARowFollowsALabelThatStays) {
  const auto late = kThen + kLabelGrace + std::chrono::milliseconds{1};
  EXPECT_TRUE(follows(row(true), {"q"}, late));
  EXPECT_FALSE(follows(row(true), {"q"}, kThen)) << "the label is about to change";
  EXPECT_FALSE(follows(row(true, "i"), {"q"}, late));
  EXPECT_FALSE(follows(row(true), {"p"}, late));
}

}  // namespace
}  // namespace slipway::quotas
