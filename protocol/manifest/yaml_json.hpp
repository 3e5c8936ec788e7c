// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.hpp"

namespace YAML {
class Node;
}

namespace slipway::manifest {

inline constexpr std::size_t kManifestLimitBytes = 4 << 20;
inline constexpr std::size_t kManifestValues =
    200'000;  ///< after anchors: a small text may name many
inline constexpr std::size_t kManifestDepth = 64;

/// A place in a YAML text, both from 1; 0: nowhere in particular.
struct Place {
  int line = 0;
  int column = 0;
};

/// What is wrong with a text, and where.
struct Fault {
  base::Error error;
  Place at;
};
template <class T>
using Checked = std::expected<T, Fault>;

/// "line 3, column 7: the key comes twice".
std::string sentence_of(const Fault& fault);

/// One document of a YAML text, as JSON, and where its parts are.
class YamlDocument {
 public:
  YamlDocument(boost::json::value read, std::shared_ptr<const YAML::Node> text)
      : value(std::move(read)), text_(std::move(text)) {}

  boost::json::value value;

  Place begins() const { return place_of(""); }
  /// Of a field as API servers name it, "spec.containers[0].image"; where it is not there, of the
  /// nearest one above it that is.
  Place place_of(std::string_view field) const;

 private:
  std::shared_ptr<const YAML::Node> text_;
};

/// All documents that are not empty. Plain scalars mean what they mean to kubectl (yaml.v2): quoted
/// ones stay strings, `yes`, `0x10`, `1_000`, `~` do not. Its faults are kInvalid; their field is
/// the path of what is wrong, or "manifest".
Checked<std::vector<YamlDocument>> parse_yaml(std::string_view text);

/// What a plain scalar means.
boost::json::value resolve_scalar(std::string_view text);

}  // namespace slipway::manifest
