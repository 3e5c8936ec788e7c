// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

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
};

/// The objects of a manifest in its own order; a List stands for its items. kInvalid says which
/// document lacks what.
base::Result<std::vector<ManifestObject>> parse_manifest(std::string_view yaml);

/// Places in `objects` in the order to apply them: namespaces, then CRDs, then all others as they
/// are written. To delete, go backwards.
std::vector<std::size_t> apply_order(const std::vector<ManifestObject>& objects);

}  // namespace slipway::manifest
