// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "controller/http/responses.hpp"
#include "controller/http/strict_json.hpp"
#include "protocol/base/json_text.hpp"

namespace slipway::http {
namespace {

TEST(QueryReader, ReadsTypesAndDefaults) {
  const Fields fields{{"a", "x"}, {"n", "7"}, {"f", "true"}, {"c", "1"}, {"c", "2"}};
  QueryReader query(fields);
  EXPECT_EQ(query.text("a"), "x");
  EXPECT_EQ(query.number("n", 1, 1, 10), 7);
  EXPECT_EQ(query.number("m", 5, 1, 10), 5);
  EXPECT_TRUE(query.flag("f", false));
  EXPECT_EQ(query.all("c"), (std::vector<std::string>{"1", "2"}));
  EXPECT_FALSE(query.fault());
}

TEST(QueryReader, NamesTheFirstFault) {
  const Fields fields{{"n", "11"}, {"f", "maybe"}, {"z", ""}};
  QueryReader query(fields);
  query.number("n", 1, 1, 10);
  query.flag("f", false);
  EXPECT_EQ(query.fault()->field, "n");
  const Fields unknown{{"z", ""}};
  EXPECT_EQ(QueryReader(unknown).fault()->field, "z");
}

TEST(Pages, GoOnAfterTheCursorEvenWhenItsItemWent) {
  std::vector<std::string> all{"a", "b", "c", "d"};
  auto key = [](const std::string& item) { return item; };
  auto view = [](const std::string& item) { return boost::json::value(item); };
  auto first = page_response(all, {.limit = 2, .cursor = ""}, key, view);
  ASSERT_TRUE(first);
  auto cursor =
      std::string(boost::json::parse(first->text()).as_object().at("nextCursor").as_string());
  auto second = page_response(all, {.limit = 2, .cursor = cursor}, key, view);
  EXPECT_EQ(second->text(), R"({"items":["c","d"]})");
  all.erase(all.begin() + 1);
  auto shifted = page_response(all, {.limit = 2, .cursor = cursor}, key, view);
  EXPECT_EQ(shifted->text(), R"({"items":["c","d"]})");
  EXPECT_FALSE(page_response(all, {.limit = 2, .cursor = "x"}, key, view));
  EXPECT_TRUE(page_response(all, {.limit = 2, .cursor = "99999.z"}, key, view));
}

TEST(StrictJson, LooksAsDeepAsAnybodyReads) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + R"({"a":1,"a":2})" + std::string(levels, ']');
  };
  ASSERT_TRUE(ambiguity_in(nested(base::kJsonDepth - 1)));
  const auto behind = R"({"deep":)" + std::string(base::kJsonDepth - 2, '[') +
                      std::string(base::kJsonDepth - 2, ']') + R"(,"a":1,"a":2})";
  ASSERT_TRUE(ambiguity_in(behind));
  EXPECT_EQ(ambiguity_in(behind)->field, "a");
}

}  // namespace
}  // namespace slipway::http
