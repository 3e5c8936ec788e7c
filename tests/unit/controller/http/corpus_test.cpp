// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <set>

#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

YAML::Node corpus(const std::string& name) {
  return YAML::LoadFile(std::string(SLIPWAY_SOURCES) + "/tests/corpus/" + name);
}

std::string text(const YAML::Node& entry, const char* key, const std::string& otherwise = {}) {
  return entry[key] ? entry[key].as<std::string>() : otherwise;
}

/// How many there are of all that a request could make.
std::vector<std::size_t> made(World& world) {
  std::vector<std::size_t> counts;
  for (const auto* table : {"clusters", "operations", "intents", "api_tokens", "sessions"}) {
    auto row = world.database->prepare(std::string("SELECT count(*) FROM ") + table);
    row.step();
    counts.push_back(static_cast<std::size_t>(row.number(0)));
  }
  return counts;
}

TEST(Corpus, BadRequestsAreRefusedWithStatusCodeAndField) {
  World world;
  ASSERT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
  const auto entries = corpus("rest.yaml");
  const auto before = made(world);
  std::set<std::string> details;
  for (const auto& entry : entries) {
    SCOPED_TRACE(text(entry, "name"));
    const bool known = text(entry, "as") != "nobody";
    auto body =
        entry["bytes"] ? std::string(entry["bytes"].as<std::size_t>(), ' ') : text(entry, "body");
    auto request = known ? world.authorised(text(entry, "method"), text(entry, "path"), body)
                         : world.request(text(entry, "method"), text(entry, "path"), body);
    request.headers.set("Content-Type", text(entry, "type", "application/json"));
    const auto response = world.send(std::move(request));
    const auto problem = body_of(response);
    EXPECT_EQ(response.status, entry["status"].as<int>()) << response.text();
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    EXPECT_EQ(text_of(problem, "type"), "urn:slipway:problem:" + text(entry, "code"))
        << response.text();
    EXPECT_EQ(text_of(problem, "field"), text(entry, "field")) << response.text();
    EXPECT_EQ(text_of(problem, "requestId"), response.headers.get("X-Request-Id"));
    details.insert(text_of(problem, "detail"));
    EXPECT_EQ(made(world), before) << "nothing half-made";
  }
  EXPECT_FALSE(details.contains(""));
  EXPECT_GE(details.size(), 12U);
}

TEST(Corpus, BadManifestsAreRefusedWithCodeFieldAndLine) {
  World world;
  ASSERT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
  const auto before = made(world);
  std::set<std::string> details;
  for (const auto& entry : corpus("manifests.yaml")) {
    SCOPED_TRACE(text(entry, "reason"));
    auto request = world.authorised("POST", "/api/v1/clusters/demo/manifests", text(entry, "text"));
    request.headers.set("Content-Type", "application/yaml");
    const auto response = world.send(std::move(request));
    const auto problem = body_of(response);
    EXPECT_EQ(text_of(problem, "type"), "urn:slipway:problem:invalid") << response.text();
    EXPECT_EQ(text_of(problem, "field"), text(entry, "field")) << response.text();
    const auto* line = problem.if_contains("line");
    EXPECT_EQ(line == nullptr ? 0 : line->as_int64(), entry["line"].as<int>()) << response.text();
    details.insert(text_of(problem, "detail"));
    EXPECT_EQ(made(world), before) << "nothing half-made";
  }
  EXPECT_FALSE(details.contains(""));
  EXPECT_GE(details.size(), 12U);
}

}  // namespace
}  // namespace slipway::http
