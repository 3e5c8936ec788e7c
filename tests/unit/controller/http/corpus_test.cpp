// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

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

TEST(Corpus, BadRequestsAreRefusedWithStatusCodeAndField) {
  World world;
  ASSERT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
  const auto entries = corpus("rest.yaml");
  EXPECT_GE(entries.size(), 12U);
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
    EXPECT_FALSE(text_of(problem, "detail").empty());
  }
  EXPECT_EQ(world.clusters.list().size(), 1U) << "nothing half-made";
}

TEST(Corpus, BadManifestsAreRefusedWithFieldAndLine) {
  const auto entries = corpus("manifest-bodies.yaml");
  EXPECT_GE(entries.size(), 12U);
  for (const auto& entry : entries) {
    SCOPED_TRACE(text(entry, "name"));
    const auto fault = check_manifest(text(entry, "yaml"));
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->error.code, base::ErrorCode::kInvalid);
    EXPECT_EQ(fault->error.field, text(entry, "field")) << fault->error.message;
    EXPECT_EQ(fault->line, entry["line"].as<int>()) << fault->error.message;
    EXPECT_FALSE(fault->error.message.empty());
  }
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
