// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/definition.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "protocol/manifest/manifest.hpp"

namespace slipway::applications {
namespace {

namespace json = boost::json;

/// A structural schema says the type of everything, and never two things of one value.
void expect_structural(const json::object& schema, const std::string& path) {
  EXPECT_TRUE(schema.contains("type")) << path;
  const bool open = schema.contains("properties") || schema.contains("additionalProperties") ||
                    path.ends_with("metadata");
  if (schema.at("type") == "object") EXPECT_TRUE(open) << path << " would be pruned";
  EXPECT_FALSE(schema.contains("properties") && schema.contains("additionalProperties")) << path;
  if (const auto* properties = schema.if_contains("properties")) {
    for (const auto& [key, value] : properties->as_object()) {
      expect_structural(value.as_object(), path + "." + std::string(key));
    }
    if (const auto* required = schema.if_contains("required")) {
      for (const auto& key : required->as_array()) {
        EXPECT_TRUE(properties->as_object().contains(key.as_string())) << path << key;
      }
    }
  }
  if (const auto* items = schema.if_contains("items")) {
    expect_structural(items->as_object(), path + "[]");
  }
  if (schema.at("type") == "array") EXPECT_TRUE(schema.contains("items")) << path;
}

TEST(Definition, IsStructuralAndHasWhatTheEcosystemWrites) {
  const auto objects = manifest::parse_manifest(definition());
  ASSERT_TRUE(objects) << sentence_of(objects.error());
  ASSERT_EQ(objects->size(), 1U);
  const json::value body(objects->front().body);
  EXPECT_EQ(body.at("apiVersion"), "apiextensions.k8s.io/v1");
  EXPECT_EQ(body.at("metadata").at("name"), "applications.app.k8s.io");
  EXPECT_TRUE(
      body.at("metadata").at("annotations").as_object().contains("api-approved.kubernetes.io"))
      << "else no API server takes it";
  const auto& version = body.at("spec").at("versions").at(0);
  EXPECT_EQ(version.at("name"), "v1beta1");
  EXPECT_TRUE(version.at("subresources").as_object().contains("status"));
  const auto& schema = version.at("schema").at("openAPIV3Schema").as_object();
  expect_structural(schema, "");
  for (const auto* field :
       {"/spec/componentKinds", "/spec/selector/properties/matchExpressions", "/spec/addOwnerRef",
        "/spec/assemblyPhase", "/spec/descriptor/properties/maintainers",
        "/spec/descriptor/properties/owners", "/spec/descriptor/properties/icons",
        "/spec/info/items/properties/valueFrom/properties/secretKeyRef/properties/key",
        "/spec/info/items/properties/valueFrom/properties/serviceRef/properties/name",
        "/status/conditions", "/status/components", "/status/observedGeneration"}) {
    std::string path(field);
    path.replace(0, path.find('/', 1),
                 "/properties" + path.substr(0, path.find('/', 1)) + "/properties");
    boost::system::error_code error;
    EXPECT_NE(json::value(schema).find_pointer(path, error), nullptr) << path;
  }
}

}  // namespace
}  // namespace slipway::applications
