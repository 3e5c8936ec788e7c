// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::base {
namespace {

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonText, IsReadToADepthAndNoFurther) {
  EXPECT_TRUE(read_json(nested(kJsonDepth)));
  const auto deeper = read_json(nested(kJsonDepth + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(deeper.error().message.starts_with("no JSON: "));
  EXPECT_FALSE(read_json(""));
  EXPECT_FALSE(read_json("{} x"));
}

TEST(JsonText, EqualValuesHaveOneText) {
  const auto one = read_json(R"({"b":[1,{"y":null,"x":"\"é"}],"a":{},"c":1.5})");
  const auto other = read_json(R"( {"c": 1.5, "a": {}, "b": [1, {"x": "\"é", "y": null}]} )");
  EXPECT_EQ(canonical_json(*one), canonical_json(*other));
  EXPECT_EQ(*read_json(canonical_json(*one)), *one);
  EXPECT_NE(canonical_json(*read_json("[1,2]")), canonical_json(*read_json("[2,1]")));
  EXPECT_NE(canonical_json(*read_json(R"({"a":1})")), canonical_json(*read_json(R"({"a":"1"})")));
  EXPECT_EQ(canonical_json(*read_json(nested(kJsonDepth))), nested(kJsonDepth));
}

}  // namespace
}  // namespace slipway::base
