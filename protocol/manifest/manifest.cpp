// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/manifest.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <numeric>

#include "protocol/manifest/yaml_json.hpp"

namespace slipway::manifest {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

/// A Service's ports are a list with the keys port and protocol. API servers before 1.22 do not
/// fill in the protocol's default before a server-side apply and answer 500, so it is said here.
void fill_list_keys(ManifestObject& object) {
  if (object.kind != "Service" || object.api_version != "v1") return;
  auto* spec = object.body.if_contains("spec");
  if (spec == nullptr || !spec->is_object()) return;
  auto* ports = spec->get_object().if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& port : ports->get_array()) {
    if (port.is_object()) port.get_object().emplace("protocol", "TCP");
  }
}

Result<> add_object(json::value value, int line, std::vector<ManifestObject>& into) {
  const auto wrong = [line](const std::string& what, std::string field = "manifest") {
    return base::fail(ErrorCode::kInvalid,
                      "the document at line " + std::to_string(line) + " " + what,
                      std::move(field));
  };
  if (!value.is_object()) return wrong("is no object");
  auto& body = value.get_object();
  ManifestObject object;
  object.api_version = text_of(body, "apiVersion");
  object.kind = text_of(body, "kind");
  object.line = line;
  if (object.api_version.empty()) return wrong("has no apiVersion", "apiVersion");
  if (object.kind.empty()) return wrong("has no kind", "kind");
  if (const auto* items = body.if_contains("items");
      object.kind.ends_with("List") && items != nullptr && items->is_array()) {
    for (const auto& item : items->get_array()) {
      if (auto added = add_object(item, line, into); !added) return added;
    }
    return {};
  }
  const auto* metadata = body.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return wrong("has no metadata", "metadata");
  object.name = text_of(metadata->get_object(), "name");
  object.pod_namespace = text_of(metadata->get_object(), "namespace");
  if (object.name.empty()) return wrong("has no metadata.name", "metadata.name");
  if (into.size() >= kMaxObjects) return wrong("is one object too many: 1000 are allowed");
  object.body = std::move(body);
  fill_list_keys(object);
  into.push_back(std::move(object));
  return {};
}

int rank(const ManifestObject& object) {
  if (object.kind == "Namespace" && object.api_version == "v1") return 0;
  if (object.kind == "CustomResourceDefinition") return 1;
  return 2;
}

}  // namespace

Result<std::vector<ManifestObject>> parse_manifest(std::string_view yaml) {
  auto documents = parse_yaml(yaml);
  if (!documents) return base::fail(documents);
  std::vector<ManifestObject> objects;
  for (auto& document : *documents) {
    if (auto added = add_object(std::move(document.value), document.line, objects); !added) {
      return base::fail(added);
    }
  }
  if (objects.empty()) return base::fail(ErrorCode::kInvalid, "it holds no object", "manifest");
  return objects;
}

std::vector<std::size_t> apply_order(const std::vector<ManifestObject>& objects) {
  std::vector<std::size_t> order(objects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&](std::size_t place) { return std::pair(rank(objects[place]), place); });
  return order;
}

}  // namespace slipway::manifest
