// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::logs {
namespace {

using testing::ElementsAre;

TEST(Journal, AsksForOneUnit) {
  wire::JournalOpen open;
  open.set_unit("kubelet.service");
  open.set_tail_lines(50);
  open.set_follow(true);
  EXPECT_THAT(*journal_arguments("journalctl", open),
              ElementsAre("journalctl", "--no-pager", "--quiet", "--output=short-iso",
                          "--unit=kubelet.service", "--lines=50", "--follow"));
}

TEST(Journal, AsksForAll) {
  wire::JournalOpen open;
  open.set_tail_lines(-1);
  EXPECT_THAT(
      *journal_arguments("journalctl", open),
      ElementsAre("journalctl", "--no-pager", "--quiet", "--output=short-iso", "--lines=all"));
}

TEST(Journal, RefusesWhatIsNoUnit) {
  for (const auto* bad : {"--file=/etc/shadow", "a b", "a;b", "a/b", "$(id)", "*"}) {
    wire::JournalOpen open;
    open.set_unit(bad);
    auto refused = journal_arguments("journalctl", open);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().field, "unit");
  }
}

}  // namespace
}  // namespace slipway::logs
