// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/mounts.hpp"

#include <gtest/gtest.h>

#include "controller/cloud/local/layout.hpp"

namespace slipway::cloud::local {
namespace {

TEST(Mounts, FindsThoseAtAndBelowADirectory) {
  const char* table =
      "22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
      "30 22 7:0 / /state/m1/disk rw - xfs /dev/loop0 rw\n"
      "31 22 0:40 / /state/m1/root rw - overlay overlay rw\n"
      "32 22 0:41 / /state/m10/root rw - overlay overlay rw\n"
      "33 22 0:41 / /state/m1/with\\040space rw - tmpfs tmpfs rw\n"
      "garbage\n";
  EXPECT_EQ(mounts_in(table, "/state/m1"),
            (std::vector<std::string>{"/state/m1/disk", "/state/m1/root", "/state/m1/with space"}));
  EXPECT_EQ(mounts_in(table, "/state/m10/root"), std::vector<std::string>{"/state/m10/root"});
  EXPECT_TRUE(mounts_in("", "/state").empty());
}

TEST(Layout, ChecksWhatBecomesPartOfNamesAndOptions) {
  EXPECT_TRUE(Layout("/var/lib/slipway/cloud", "abc123").check());
  EXPECT_FALSE(Layout("relative", "abc123").check());
  EXPECT_FALSE(Layout("/a:b", "abc123").check());
  EXPECT_FALSE(Layout("/a,b", "abc123").check());
  EXPECT_FALSE(Layout("/a", "").check());
  EXPECT_FALSE(Layout("/a", "../x").check());
  EXPECT_TRUE(Layout::check_id("abcdefghijklmnop"));
  for (const char* id : {"", "..", "a/b", "-rf", "A", "a b"}) {
    EXPECT_FALSE(Layout::check_id(id)) << id;
  }
}

}  // namespace
}  // namespace slipway::cloud::local
