// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/field_list.hpp"

#include <gmock/gmock.h>

namespace slipway::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FieldList, HasItsMembersWithoutBlanksAndEmptyOnes) {
  EXPECT_THAT(members_of("slipway.v1"), ElementsAre("slipway.v1"));
  EXPECT_THAT(members_of(" a,\tb c ,,  , d\t"), ElementsAre("a", "b c", "d"));
  EXPECT_THAT(members_of("a,b,"), ElementsAre("a", "b"));
  EXPECT_THAT(members_of(""), IsEmpty());
  EXPECT_THAT(members_of(" ,\t, "), IsEmpty());
}

}  // namespace
}  // namespace slipway::net
