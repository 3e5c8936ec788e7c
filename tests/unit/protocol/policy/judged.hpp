// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/manifest/yaml_json.hpp"
#include "protocol/policy/policy.hpp"

namespace slipway::policy {

namespace json = boost::json;

/// One document, as people write it.
inline json::value yaml(std::string_view text) {
  auto documents = manifest::parse_yaml(text);
  return documents.value().at(0).value;
}

inline const Asker kTenant{.user = "slipway:u1",
                           .groups = {"slipway:p1:project_member", "system:authenticated"}};
inline const Asker kAdministrator{.user = "slipway:u0", .groups = {"slipway:administrators"}};

/// A kind with the group of its API.
using Kind = std::pair<std::string_view, std::string_view>;

/// The rule and field of each refusal in a project's namespace.
inline std::vector<std::pair<std::string, std::string>> refused(
    Kind kind, const json::value& object, const std::optional<json::value>& old = std::nullopt,
    const Asker& asker = kTenant, NamespaceFacts in = {.of_project = true}) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto& refusal : refusals({.group = kind.first,
                                 .kind = kind.second,
                                 .object = object,
                                 .old = old ? &*old : nullptr,
                                 .asker = asker},
                                in))
    all.emplace_back(refusal.rule, refusal.field);
  return all;
}

}  // namespace slipway::policy
