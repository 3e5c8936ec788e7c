// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/manifest.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <array>
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
  ASSERT_TRUE(objects) << sentence_of(objects.error());
  ASSERT_EQ(objects->size(), 4U);
  EXPECT_EQ((*objects)[0].kind, "Widget");
  EXPECT_EQ((*objects)[0].pod_namespace, "team");
  EXPECT_EQ((*objects)[0].line, 2);
  EXPECT_EQ((*objects)[1].name, "c");
  EXPECT_EQ((*objects)[2].kind, "Namespace");
}

TEST(Manifest, AppliesFirstWhatOthersNeed) {
  auto objects = parse_manifest(kManifest);
  EXPECT_EQ(apply_order(*objects), (std::vector<std::size_t>{2, 3, 1, 0}));
}

TEST(Manifest, RefusesAllOfTheCorpus) {
  std::set<std::string> reasons;
  for (const auto& entry : YAML::LoadFile(SLIPWAY_CORPUS_DIR "/manifests.yaml")) {
    SCOPED_TRACE(entry["reason"].as<std::string>());
    auto refused = parse_manifest(entry["text"].as<std::string>());
    ASSERT_FALSE(refused);
    const auto& error = refused.error().error;
    reasons.insert(error.message);
    EXPECT_EQ(error.code, base::ErrorCode::kInvalid);
    EXPECT_EQ(error.field, entry["field"].as<std::string>());
    EXPECT_EQ(refused.error().at.line, entry["line"].as<int>());
    EXPECT_NE(error.message.find(entry["says"].as<std::string>()), std::string::npos)
        << error.message;
  }
  EXPECT_GE(reasons.size(), 25U);
}

TEST(Manifest, SaysWhereAFaultIs) {
  const auto refused = parse_manifest("apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(sentence_of(refused.error()), "line 4, column 9: metadata.name must be a string");
}

TEST(Manifest, GoesToTheNamespaceThatItSaysOrTheOneThatIsGiven) {
  ManifestObject object;
  EXPECT_EQ(namespace_of(object, ""), "default");
  EXPECT_EQ(namespace_of(object, "team"), "team");
  object.pod_namespace = "own";
  EXPECT_EQ(namespace_of(object, "team"), "own");
}

TEST(Manifest, OrdersByWhatNeedsWhat) {
  constexpr std::array kWritten = {"ValidatingWebhookConfiguration",
                                   "Service",
                                   "Widget",
                                   "Deployment",
                                   "PersistentVolumeClaim",
                                   "Secret",
                                   "ConfigMap",
                                   "RoleBinding",
                                   "ServiceAccount",
                                   "CustomResourceDefinition",
                                   "Namespace"};
  std::vector<ManifestObject> objects;
  for (const auto* kind : kWritten) objects.emplace_back().kind = kind;
  // A definition's kind may bear such a name; its definition must be there first.
  objects.emplace_back(ManifestObject{.api_version = "example.org/v1", .kind = "Namespace"});
  std::vector<std::string> ordered;
  for (const auto place : apply_order(objects)) ordered.push_back(objects[place].kind);
  EXPECT_EQ(ordered, (std::vector<std::string>{
                         "Namespace", "CustomResourceDefinition", "ServiceAccount", "RoleBinding",
                         "Secret", "ConfigMap", "PersistentVolumeClaim", "Widget", "Deployment",
                         "Namespace", "Service", "ValidatingWebhookConfiguration"}));
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
