// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

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

/// An object of a manifest that passed check_manifest(), as far as rights go by it.
struct NamedObject {
  std::string kind;
  std::string name;
  std::string name_space;  ///< as the text says it, empty where it does not
};
std::vector<NamedObject> objects_of(const std::string& yaml);

}  // namespace slipway::http
