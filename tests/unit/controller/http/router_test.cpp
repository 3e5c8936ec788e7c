// SPDX-License-Identifier: Apache-2.0
#include "controller/http/router.hpp"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

Router make() {
  Routes routes;
  for (const auto* pattern :
       {"/a", "/a/{one}", "/a/fixed", "/a/{one}/b/{two}", "/p/{c}/proxy/{path...}"}) {
    routes.push_back({.method = "GET", .pattern = pattern, .action = "", .answer = {}});
  }
  routes.push_back({.method = "POST", .pattern = "/a", .action = "", .answer = {}});
  return Router(std::move(routes));
}

TEST(Router, LiteralsWinOverArguments) {
  const auto router = make();
  EXPECT_EQ(router.find("GET", "/a/fixed")->route->pattern, "/a/fixed");
  auto match = router.find("GET", "/a/x%20y/b/z");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->arguments.at("one"), "x y");
  EXPECT_EQ(match->arguments.at("two"), "z");
}

TEST(Router, TheRestIsTakenRaw) {
  const auto router = make();
  EXPECT_EQ(router.find("GET", "/p/c/proxy/api/v1%2f..//x")->arguments.at("path"),
            "api/v1%2f..//x");
  EXPECT_EQ(router.find("GET", "/p/c/proxy/")->arguments.at("path"), "");
  EXPECT_FALSE(router.find("GET", "/p/c/proxy"));
}

TEST(Router, RefusesWhatFitsNone) {
  const auto router = make();
  for (const auto* path : {"", "a", "/", "/a/", "/a//b/c", "/a/x/b", "/a/%zz", "/a/%00", "/b"}) {
    EXPECT_FALSE(router.find("GET", path)) << path;
  }
  EXPECT_EQ(router.allowed("/a"), "GET, POST");
  EXPECT_EQ(router.allowed("/b"), "");
}

TEST(Target, TakesTheQueryApart) {
  auto target = parse_target("/x?a=1&b=%26+z&c&&d=e=f");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/x");
  EXPECT_EQ(target->query, (Fields{{"a", "1"}, {"b", "& z"}, {"c", ""}, {"d", "e=f"}}));
  EXPECT_FALSE(parse_target("x"));
  EXPECT_FALSE(parse_target("/x?a=%2"));
}

TEST(Target, HasNoFragment) {
  for (const auto* target : {"/x#", "/x#?a=1", "/x?a=1#", "/x?a=1#&b=2"}) {
    const auto refused = parse_target(target);
    ASSERT_FALSE(refused) << target;
    EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().field, "") << "answered with 400";
  }
  EXPECT_EQ(parse_target("/x?a=%23")->query, (Fields{{"a", "#"}}));
}

}  // namespace
}  // namespace slipway::http
