// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/unit/controller/http/contract.hpp"
#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

std::set<std::string> described() {
  std::set<std::string> all;
  for (const auto& one : Contract().operations()) all.insert(one.method + " " + one.path);
  return all;
}

TEST(OpenApi, NamesExactlyTheRoutes) {
  World world;
  std::set<std::string> routed;
  for (const auto& route : world.api.routes()) {
    auto pattern = route.pattern;
    if (const auto dots = pattern.find("...}"); dots != std::string::npos) pattern.erase(dots, 3);
    EXPECT_TRUE(routed.insert(route.method + " " + pattern).second) << pattern << " twice";
  }
  EXPECT_EQ(routed, described());
}

TEST(OpenApi, WhatHasNoBodyTakesNone) {
  World world;
  std::set<std::string> without;
  for (const auto& route : world.api.routes()) {
    if (route.no_body) without.insert(route.method + " " + route.pattern);
  }
  std::set<std::string> described_without;
  for (const auto& one : Contract().operations()) {
    const bool reads = one.method == "GET" || one.path.ends_with("{path}");
    if (!reads && !one.body.IsMap()) described_without.insert(one.method + " " + one.path);
  }
  EXPECT_EQ(without, described_without);
}

TEST(OpenApi, EveryRouteThatWritesIsAudited) {
  World world;
  for (const auto& route : world.api.routes()) {
    const bool by_itself = route.pattern == "/api/v1/login" || route.pattern.ends_with("...}");
    if (route.method == "GET" || by_itself) continue;
    EXPECT_FALSE(route.action.empty()) << route.method << " " << route.pattern;
  }
}

}  // namespace
}  // namespace slipway::http
