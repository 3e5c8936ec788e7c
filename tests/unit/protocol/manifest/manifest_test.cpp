// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/manifest.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>

namespace slipway::manifest {
namespace {

constexpr auto kManifest = R"(
apiVersion: example.org/v1
kind: Widget
metadata: {name: w, namespace: team}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
- {apiVersion: v1, kind: Namespace, metadata: {name: team}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
)";

TEST(Manifest, HoldsItsObjectsInTheirOrder) {
  auto objects = parse_manifest(kManifest);
  ASSERT_TRUE(objects) << objects.error().message;
  ASSERT_EQ(objects->size(), 4U);
  EXPECT_EQ((*objects)[0].kind, "Widget");
  EXPECT_EQ((*objects)[0].pod_namespace, "team");
  EXPECT_EQ((*objects)[0].line, 2);
  EXPECT_EQ((*objects)[1].name, "c");
  EXPECT_EQ((*objects)[2].kind, "Namespace");
}

TEST(Manifest, AppliesFirstWhatOthersNeed) {
  auto objects = parse_manifest(kManifest);
  EXPECT_EQ(apply_order(*objects), (std::vector<std::size_t>{2, 3, 0, 1}));
}

TEST(Manifest, RefusesAllOfTheCorpus) {
  std::set<std::string> reasons;
  for (const auto& entry : YAML::LoadFile(SLIPWAY_CORPUS_DIR "/manifests.yaml")) {
    auto refused = parse_manifest(entry["text"].as<std::string>());
    ASSERT_FALSE(refused) << entry["reason"];
    reasons.insert(entry["says"].as<std::string>());
    EXPECT_EQ(base::name_of(refused.error().code), entry["code"].as<std::string>())
        << entry["reason"];
    EXPECT_EQ(refused.error().field, entry["field"].as<std::string>()) << entry["reason"];
    EXPECT_NE(refused.error().message.find(entry["says"].as<std::string>()), std::string::npos)
        << entry["reason"] << ": " << refused.error().message;
  }
  EXPECT_GE(reasons.size(), 12U);
}

TEST(Manifest, BoundsItsObjects) {
  std::string text;
  for (std::size_t i = 0; i <= kMaxObjects; ++i) {
    text += "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
  }
  EXPECT_FALSE(parse_manifest(text));
}

}  // namespace
}  // namespace slipway::manifest
