// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/policy/policy.hpp"

namespace slipway::policy {

/// On a StorageClass: the access modes that its volumes have, "ReadWriteOnce,ReadOnlyMany", since
/// Kubernetes has no field for them. A class without it says nothing.
inline constexpr std::string_view kAccessModes = "slipway.io/access-modes";

/// What must be known of other objects before a change can be judged: names in its namespace.
struct Needed {
  std::string deployment;           ///< whose replicas change
  std::vector<std::string> claims;  ///< that several pods would share
  std::string storage_class;        ///< of a new claim …
  bool default_class = false;       ///< … or it names none, and gets the cluster's

  bool nothing() const {
    return deployment.empty() && claims.empty() && storage_class.empty() && !default_class;
  }
};
Needed needed_by(const Change& change);
/// What must be known of a Deployment whose replicas change, beside itself: its template's claims.
std::vector<std::string> claims_of(const boost::json::object& deployment);

/// What is known of them; of what is absent here no rule speaks.
struct ResourceFacts {
  std::optional<boost::json::value> deployment = {};
  std::map<std::string, std::vector<std::string>> claims;  ///< access modes by the claim's name
  /// Those that a class offers, by its name; the default class's by "".
  std::map<std::string, std::vector<std::string>> classes = {};
};

/// Why Services, claims, classes, and workloads whose pods share claims may not be so, whoever's
/// their namespace is. What stood before, and what does not change, may go on.
std::vector<Refusal> resource_refusals(const Change& change, const ResourceFacts& facts);

/// Access modes as the objects have them: a claim's spec; a class's annotation.
std::vector<std::string> modes_of_claim(const boost::json::value& claim);
std::vector<std::string> modes_of_class(const boost::json::value& storage_class);
/// One node alone may write it.
bool is_single_node(const std::vector<std::string>& modes);

}  // namespace slipway::policy
