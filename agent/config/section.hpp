// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::config {

inline constexpr std::size_t kDocumentLimitBytes = 64 << 10;

/// One YAML document, read with its errors placed: "user-data, line 3, column 5: …".
base::Result<YAML::Node> load_document(std::string_view text, const std::string& source);

/// A YAML mapping that is read strictly: each key at most once, nothing unknown, types as asked.
class Section {
 public:
  /// `path` names it in errors ("slipway"), empty for the document itself.
  static base::Result<Section> open(YAML::Node node, std::string path, std::string source);

  /// Refuses keys that are not listed.
  base::Result<> only(std::initializer_list<std::string_view> keys) const;
  bool has(std::string_view key) const;
  base::Result<std::string> text(std::string_view key) const;  ///< kInvalid when absent
  base::Result<bool> flag(std::string_view key) const;
  base::Result<std::int64_t> number(std::string_view key) const;
  base::Result<std::vector<std::string>> list(std::string_view key) const;
  base::Result<Section> section(std::string_view key) const;

  /// The error for a key's value: where it stands, what is wrong, what to write.
  std::unexpected<base::Error> bad(std::string_view key, const std::string& what) const;

 private:
  Section(YAML::Node node, std::string path, std::string source)
      : node_(std::move(node)), path_(std::move(path)), source_(std::move(source)) {}
  YAML::Node find(std::string_view key) const;
  base::Result<YAML::Node> scalar(std::string_view key) const;
  std::string field_of(std::string_view key) const;

  YAML::Node node_;
  std::string path_;
  std::string source_;
};

}  // namespace slipway::config
