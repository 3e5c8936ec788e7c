// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/manifest/yaml_json.hpp"

namespace slipway::manifest {

inline constexpr std::size_t kMaxObjects = 1000;  ///< of one manifest

/// One object of a manifest.
struct ManifestObject {
  std::string api_version;  ///< "apps/v1"
  std::string kind;
  std::string name;
  std::string pod_namespace;  ///< as written; empty: not said
  boost::json::object body;
  int line = 1;  ///< where its document begins

  std::shared_ptr<const YamlDocument> document;
  std::string path;  ///< of it in its document: "items[2]" of a List's; empty: the whole
};

/// Where a field of it is, or the nearest one above it: "spec.replicas".
Place place_of(const ManifestObject& object, std::string_view field);

/// Where it goes to, if its kind has namespaces.
std::string namespace_of(const ManifestObject& object, const std::string& default_namespace);

/// The objects of a manifest in its own order; a List stands for its items. What is no object with
/// apiVersion, kind and metadata.name is kInvalid, with that field and its place. What the kinds
/// mean, the API server knows.
Checked<std::vector<ManifestObject>> parse_manifest(std::string_view yaml);

/// Places in `objects` in the order to apply them, so that what others need comes first:
/// namespaces, definitions of kinds, rights, configuration, storage, workloads, services; and among
/// equals as they are written. To delete, go backwards.
std::vector<std::size_t> apply_order(const std::vector<ManifestObject>& objects);

}  // namespace slipway::manifest
