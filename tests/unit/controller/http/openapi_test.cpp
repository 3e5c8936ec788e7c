// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::set<std::string> described() {
  const std::set<std::string> methods{"get", "post", "put", "patch", "delete", "head", "options"};
  const auto file = YAML::LoadFile(std::string(SLIPWAY_SOURCES) + "/controller/http/openapi.yaml");
  std::set<std::string> all;
  for (const auto& path : file["paths"]) {
    for (const auto& operation : path.second) {
      const auto method = operation.first.Scalar();
      if (methods.contains(method)) all.insert(upper(method) + " " + path.first.Scalar());
    }
  }
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
