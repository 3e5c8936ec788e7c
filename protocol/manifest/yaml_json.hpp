// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::manifest {

inline constexpr std::size_t kManifestLimitBytes = 4 << 20;
inline constexpr std::size_t kManifestValues =
    200'000;  ///< after anchors: a small text may name many
inline constexpr std::size_t kManifestDepth = 64;

/// One document of a YAML text, as JSON, and where it begins.
struct YamlDocument {
  boost::json::value value;
  int line = 1;
};

/// All documents that are not empty. Plain scalars mean what they mean to kubectl (yaml.v2): quoted
/// ones stay strings, `yes`, `0x10`, `1_000`, `~` do not. kInvalid says line and column.
base::Result<std::vector<YamlDocument>> parse_yaml(std::string_view text);

/// What a plain scalar means.
boost::json::value resolve_scalar(std::string_view text);

}  // namespace slipway::manifest
