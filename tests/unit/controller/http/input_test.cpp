// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "controller/http/lists.hpp"
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
  auto first = page_of(all, {.limit = 2, .cursor = ""}, key, view);
  ASSERT_TRUE(first);
  const auto cursor = std::string(first->at("nextCursor").as_string());
  auto second = page_of(all, {.limit = 2, .cursor = cursor}, key, view);
  EXPECT_EQ(boost::json::serialize(*second), R"({"items":["c","d"]})");
  all.erase(all.begin() + 1);
  auto shifted = page_of(all, {.limit = 2, .cursor = cursor}, key, view);
  EXPECT_EQ(boost::json::serialize(*shifted), R"({"items":["c","d"]})");
  EXPECT_FALSE(page_of(all, {.limit = 2, .cursor = "x"}, key, view));
  EXPECT_TRUE(page_of(all, {.limit = 2, .cursor = "99999.z"}, key, view));
}

struct Fruit {
  std::string name;
  std::uint64_t weight = 0;
  std::string secret = {};
};

/// Names, as they come, of what the query asks for, and how many fit.
std::string fruit(const Fields& fields) {
  using Column = ListColumn<Fruit>;
  const ListColumns<Fruit> columns{
      {"name", [](const auto& one) { return one.name; }, Column::kSearch},
      {"weight", [](const auto& one) { return sortable(one.weight); }}};
  QueryReader query(fields);
  const auto wanted = read_list_request(query, columns);
  if (const auto fault = query.fault()) return fault->field + ": " + fault->message;
  const auto body = list_of<Fruit>(
      {{"Pear", 100}, {"apple", 9}, {"fig", 9}, {"Apricot", 20, "pear"}}, wanted, columns,
      [](const auto& one) { return one.name; },
      [](const auto& one) { return boost::json::value(one.name); });
  if (!body) return body.error().field;
  std::string names;
  for (const auto& name : body->at("items").as_array()) {
    names += std::string(name.as_string()) + " ";
  }
  if (body->contains("nextCursor")) names += "… ";
  return names + std::to_string(body->at("total").to_number<int>());
}

TEST(Lists, AreSearchedSortedAndPaged) {
  EXPECT_EQ(fruit({}), "Pear apple fig Apricot 4") << "the rows' own order";
  EXPECT_EQ(fruit({{"order", "desc"}}), "Apricot fig apple Pear 4");
  EXPECT_EQ(fruit({{"sort", "name"}}), "apple Apricot fig Pear 4") << "of any case";
  EXPECT_EQ(fruit({{"sort", "name"}, {"order", "desc"}}), "Pear fig Apricot apple 4");
  EXPECT_EQ(fruit({{"sort", "weight"}}), "apple fig Apricot Pear 4") << "9 is less than 20";
  EXPECT_EQ(fruit({{"sort", "weight"}, {"order", "desc"}}), "Pear Apricot apple fig 4")
      << "who are alike stay in their own order";
  EXPECT_EQ(fruit({{"search", "AP"}}), "apple Apricot 2");
  EXPECT_EQ(fruit({{"search", "pear"}}), "Pear 1") << "only what may be searched is";
  EXPECT_EQ(fruit({{"search", "9"}}), "0");
  EXPECT_EQ(fruit({{"sort", "weight"}, {"limit", "2"}}), "apple fig … 4");
  EXPECT_EQ(fruit({{"sort", "weight"}, {"limit", "2"}, {"cursor", "1.fig"}}), "Apricot Pear 4");
}

TEST(Lists, RefuseWhatTheyCannotBeSortedBy) {
  EXPECT_EQ(fruit({{"sort", "colour"}}), "sort: sort is one of name, weight");
  EXPECT_EQ(fruit({{"sort", ""}}), "sort: sort is one of name, weight");
  EXPECT_EQ(fruit({{"order", "up"}}), "order: order is asc or desc");
  EXPECT_EQ(fruit({{"search", "a"}, {"search", "b"}}), "search: search is given twice");
  EXPECT_EQ(fruit({{"cursor", "x"}}), "cursor");
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
