// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <set>

#include "controller/http/manifest_rules.hpp"
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
  for (const auto& entry : corpus("manifest-bodies.yaml")) {
    SCOPED_TRACE(text(entry, "name"));
    auto request = world.authorised("POST", "/api/v1/clusters/demo/manifests", text(entry, "yaml"));
    request.headers.set("Content-Type", "application/yaml");
    const auto response = world.send(std::move(request));
    const auto problem = body_of(response);
    EXPECT_EQ(text_of(problem, "type"), "urn:slipway:problem:" + text(entry, "code"))
        << response.text();
    EXPECT_EQ(text_of(problem, "field"), text(entry, "field")) << response.text();
    const auto* line = problem.if_contains("line");
    EXPECT_EQ(line == nullptr ? 0 : line->as_int64(), entry["line"].as<int>()) << response.text();
    details.insert(text_of(problem, "detail"));
    EXPECT_EQ(made(world), before) << "nothing half-made";
  }
  EXPECT_FALSE(details.contains(""));
  EXPECT_GE(details.size(), 12U);
}

TEST(Manifests, GoodOnesPass) {
  EXPECT_FALSE(check_manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"));
  EXPECT_FALSE(check_manifest(
      "---\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n---\n"
      "apiVersion: v1\nkind: Secret\nmetadata: {name: 7}\n...\n"));
  EXPECT_FALSE(check_manifest(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}})"));
}

TEST(Manifests, DepthAndNumberAreBounded) {
  EXPECT_TRUE(check_manifest("a: " + std::string(100'000, '[')));
  EXPECT_TRUE(check_manifest(std::string(200'000, '-')));
  std::string nested = "apiVersion: v1\nkind: A\nmetadata: {name: a}\nx:\n";
  for (int depth = 0; depth < 300; ++depth) nested += std::string(depth + 1, ' ') + "y:\n";
  EXPECT_TRUE(check_manifest(nested));
  std::string many;
  for (std::size_t i = 0; i <= kMaxManifestObjects; ++i) {
    many += "---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n";
  }
  ASSERT_TRUE(check_manifest(many));
}

}  // namespace
}  // namespace slipway::http
