// SPDX-License-Identifier: Apache-2.0
// The lists that are whole in memory: all are asked for in the same words.
#include "tests/unit/controller/http/hostile.hpp"

namespace slipway::http {
namespace {

class ListsTest : public HostileTest {
 public:
  static YAML::Node parameter(const Operation& one, const std::string& name) {
    for (const auto& parameter : one.parameters) {
      if (parameter["name"].Scalar() == name) return parameter;
    }
    return YAML::Node(YAML::NodeType::Undefined);
  }
  /// Not the mirror's, whose words mirror_query_test has.
  static bool is_whole(const Operation& one) {
    const auto search = parameter(one, "search");
    return search && search["description"].Scalar().contains("the rows show");
  }
  net::HttpResponse ask(const Operation& one, const std::string& query) {
    return world.send(as("admin", "GET", target(one.path) + query));
  }
  /// The values of a field, as they come.
  std::string names(const std::string& path, const char* field = "name") {
    const auto response = get("admin", path);
    EXPECT_EQ(response.status, 200) << response.text();
    std::string all;
    auto body = body_of(response);
    for (const auto& item : body["items"].as_array()) {
      all += (all.empty() ? "" : " ") + text_of(item.as_object(), field);
    }
    return all;
  }
};

TEST_F(ListsTest, EachTakesTheWordsThatItsDescriptionHas) {
  std::size_t lists = 0;
  for (const auto& one : contract.operations()) {
    if (!is_whole(one)) continue;
    ++lists;
    std::string known;
    for (const auto& word : parameter(one, "sort")["schema"]["enum"]) {
      known += (known.empty() ? "" : ", ") + word.Scalar();
      const auto query = "?limit=1&order=desc&search=a&sort=" + word.Scalar();
      const auto response = ask(one, query);
      EXPECT_EQ(response.status, 200) << one.path << query << " " << response.text();
      EXPECT_TRUE(body_of(response).contains("total")) << one.path;
    }
    const auto refused = body_of(ask(one, "?sort=frobnicate"));
    EXPECT_EQ(text_of(refused, "field"), "sort") << one.path;
    EXPECT_EQ(text_of(refused, "detail"), "sort is one of " + known) << one.path;
    const auto none = body_of(ask(one, "?search=frobnicate"));
    EXPECT_EQ(none.at("total").as_int64(), 0) << one.path;
    EXPECT_TRUE(none.at("items").as_array().empty()) << one.path;
  }
  EXPECT_EQ(lists, 16U);
}

TEST_F(ListsTest, PeopleAndPlacesAreFoundAndSorted) {
  EXPECT_EQ(names("/users"), "admin ann dan max ray");
  EXPECT_EQ(names("/users?order=desc"), "ray max dan ann admin");
  EXPECT_EQ(names("/users?search=AN"), "ann dan");
  EXPECT_EQ(names("/users?search=lab"), "max") << "by the department";
  EXPECT_EQ(names("/users?sort=role&search=a"), "admin dan ann max ray");
  EXPECT_EQ(names("/users?sort=name&order=desc&limit=2"), "ray max");
  EXPECT_EQ(body_of(get("admin", "/users?limit=2")).at("total").as_int64(), 5);
  EXPECT_EQ(names("/projects?sort=name&order=desc"), "shop rockets");
  EXPECT_EQ(names("/projects?sort=department"), "rockets shop");
  EXPECT_EQ(names("/projects?search=sal"), "shop");
  EXPECT_EQ(names("/clusters?sort=name&order=desc"), "other demo");
  EXPECT_EQ(names("/clusters?search=dem"), "demo");
  EXPECT_EQ(names("/namespaces?search=demo&sort=name&order=desc"),
            "own odd kube-system foreign default");
  EXPECT_EQ(names("/namespaces?search=E-S"), "kube-system");
}

TEST_F(ListsTest, TotalsAreTheCallersOwn) {
  EXPECT_EQ(body_of(get("dan", "/users")).at("total").as_int64(), 3);
  EXPECT_EQ(body_of(get("ann", "/projects")).at("total").as_int64(), 1);
  EXPECT_EQ(body_of(get("ann", "/namespaces?search=foreign")).at("total").as_int64(), 0);
}

TEST_F(ListsTest, ASortedListGoesOnAfterItsCursor) {
  std::string all;
  std::string cursor;
  do {
    const auto page = body_of(get("admin", "/users?sort=name&order=desc&limit=2" +
                                               (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const auto& item : page.at("items").as_array()) {
      all += text_of(item.as_object(), "name") + " ";
    }
    cursor = text_of(page, "nextCursor");
  } while (!cursor.empty());
  EXPECT_EQ(all, "ray max dan ann admin ");
}

}  // namespace
}  // namespace slipway::http
