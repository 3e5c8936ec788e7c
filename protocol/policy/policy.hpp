// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/policy/findings.hpp"

namespace slipway::policy {

/// The namespaces that carry it are guarded.
inline constexpr std::string_view kProjectLabel = "slipway.io/project";
/// "true", set by an administrator: such a namespace may hold anything.
inline constexpr std::string_view kAllowLabel = "slipway.io/allow-privileged";

/// What the rules know of the namespace that an object is in.
struct NamespaceFacts {
  bool of_project = false;
  bool allow_privileged = false;
};

/// From the namespace's labels: anything that holds pairs of texts.
template <class Labels>
NamespaceFacts facts_of(const Labels& labels) {
  NamespaceFacts facts;
  for (const auto& [key, value] : labels) {
    if (key == kProjectLabel) facts.of_project = true;
    if (key == kAllowLabel) facts.allow_privileged = value == "true";
  }
  return facts;
}

/// As the API server knows them.
struct Asker {
  std::string user;
  std::vector<std::string> groups;
};

/// Of one of the groups that administrators come in: through the controller, or with the cluster's
/// own administrator's certificate.
bool is_administrator(const Asker& asker);

/// An object that shall be made or changed.
struct Change {
  std::string_view group;  ///< of the API that it is asked through: "", "apps", "extensions"
  std::string_view kind;
  const boost::json::value& object;
  const boost::json::value* old = nullptr;  ///< what stands there; none: it is new
  const Asker& asker;
};

/// Why it may not be; empty: it may. Kinds of which no rule speaks may always. What is of a wrong
/// type counts as absent: an API server takes no such object.
std::vector<Refusal> refusals(const Change& change, const NamespaceFacts& in);

}  // namespace slipway::policy
