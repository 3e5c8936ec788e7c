// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_rules.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <vector>

namespace slipway::http {

namespace {

using base::ErrorCode;

ManifestFault fault_at(const YAML::Mark& mark, std::string message, std::string field) {
  return {.error = {ErrorCode::kInvalid, std::move(message), std::move(field)},
          .line = mark.is_null() ? 0 : mark.line + 1,
          .column = mark.is_null() ? 0 : mark.column + 1};
}

/// Indentation of flow and block collections; yaml-cpp's parser recurses, so that depth is looked
/// at before it runs.
bool too_deep(const std::string& yaml) {
  int depth = 0;
  int dashes = 0;
  for (char c : yaml) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == '\n') dashes = 0;
    if (c == '-' || c == '?') ++dashes;
    if (depth > kMaxManifestDepth) return true;
  }
  return dashes > 100'000;
}

/// Keys that come twice: the API server would keep one of them silently.
std::optional<ManifestFault> check_tree(const YAML::Node& node, const std::string& path,
                                        int depth) {
  if (depth > kMaxManifestDepth) return fault_at(node.Mark(), "nested too deeply", path);
  if (node.IsSequence()) {
    std::size_t index = 0;
    for (const auto& item : node) {
      auto fault = check_tree(item, path + "[" + std::to_string(index++) + "]", depth + 1);
      if (fault) return fault;
    }
    return std::nullopt;
  }
  if (!node.IsMap()) return std::nullopt;
  std::set<std::string> keys;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      return fault_at(entry.first.Mark(), "a key must be a plain text", path);
    }
    const auto& key = entry.first.Scalar();
    const auto below = path.empty() ? key : path + "." + key;
    if (!keys.insert(key).second) return fault_at(entry.first.Mark(), key + " comes twice", below);
    if (auto fault = check_tree(entry.second, below, depth + 1)) return fault;
  }
  return std::nullopt;
}

std::optional<ManifestFault> check_text(const YAML::Node& parent, const char* key,
                                        const std::string& field) {
  const auto value = parent[key];
  if (!value || value.IsNull()) return fault_at(parent.Mark(), field + " is missing", field);
  if (!value.IsScalar()) return fault_at(value.Mark(), field + " must be a string", field);
  if (value.Scalar().empty()) return fault_at(value.Mark(), field + " must not be empty", field);
  return std::nullopt;
}

std::optional<ManifestFault> check_object(const YAML::Node& object) {
  if (!object.IsMap()) {
    return fault_at(object.Mark(), "each document must be an object with apiVersion and kind", "");
  }
  if (auto fault = check_tree(object, "", 0)) return fault;
  if (auto fault = check_text(object, "apiVersion", "apiVersion")) return fault;
  if (auto fault = check_text(object, "kind", "kind")) return fault;
  const auto kind = object["kind"].Scalar();
  if (kind.ends_with("List") && object["items"]) {
    return fault_at(object["kind"].Mark(), "a List is not taken; separate its items by ---",
                    "kind");
  }
  const auto metadata = object["metadata"];
  if (!metadata || metadata.IsNull()) {
    return fault_at(object.Mark(), "metadata is missing", "metadata");
  }
  if (!metadata.IsMap()) {
    return fault_at(metadata.Mark(), "metadata must be an object", "metadata");
  }
  if (metadata["generateName"] && !metadata["name"]) {
    return fault_at(metadata["generateName"].Mark(),
                    "generateName cannot be applied; give metadata.name", "metadata.generateName");
  }
  if (auto fault = check_text(metadata, "name", "metadata.name")) return fault;
  if (metadata["namespace"]) return check_text(metadata, "namespace", "metadata.namespace");
  return std::nullopt;
}

}  // namespace

std::optional<ManifestFault> check_manifest(const std::string& yaml) {
  if (yaml.find('\0') != std::string::npos) {
    return ManifestFault{.error = {ErrorCode::kInvalid, "the text holds a zero byte", ""}};
  }
  if (too_deep(yaml)) {
    return ManifestFault{.error = {ErrorCode::kInvalid, "nested too deeply", ""}};
  }
  std::size_t objects = 0;
  try {
    for (const auto& document : YAML::LoadAll(yaml)) {
      if (!document.IsDefined() || document.IsNull()) continue;  // "---" with nothing after it
      if (++objects > kMaxManifestObjects) {
        return fault_at(document.Mark(), "more than 200 objects at once", "");
      }
      if (auto fault = check_object(document)) return fault;
    }
  } catch (const YAML::Exception& error) {
    return fault_at(error.mark, "this is not YAML: " + error.msg, "");
  }
  if (objects == 0) return ManifestFault{.error = {ErrorCode::kInvalid, "no object in it", ""}};
  return std::nullopt;
}

std::vector<NamedObject> objects_of(const std::string& yaml) {
  std::vector<NamedObject> all;
  for (const auto& document : YAML::LoadAll(yaml)) {
    if (!document.IsDefined() || document.IsNull()) continue;
    const auto name_space = document["metadata"]["namespace"];
    all.push_back({.kind = document["kind"].Scalar(),
                   .name = document["metadata"]["name"].Scalar(),
                   .name_space = name_space ? name_space.Scalar() : std::string{}});
  }
  return all;
}

}  // namespace slipway::http
