// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "protocol/base/error.hpp"

namespace slipway::http {

inline constexpr std::size_t kMaxManifestObjects = 200;
inline constexpr int kMaxManifestDepth = 64;

/// What is wrong with a manifest, and where in its text (from 1).
struct ManifestFault {
  base::Error error;
  int line = 0;
  int column = 0;
};

/// Checks a YAML text before anything is asked of a cluster: syntax, and of each document that it
/// is an object with apiVersion, kind and metadata.name. What the kinds mean, the API server knows.
std::optional<ManifestFault> check_manifest(const std::string& yaml);

}  // namespace slipway::http
