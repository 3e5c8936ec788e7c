// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/http/services.hpp"
#include "controller/workloads/refusal.hpp"
#include "protocol/policy/resource_rules.hpp"

namespace slipway::http {

/// What the mirror knows of the objects that a change must be judged by, in its namespace. A claim
/// that is there already is not judged by its class again.
policy::ResourceFacts resource_facts(const Services& services, const base::ClusterId& cluster,
                                     const std::string& name_space, const policy::Change& change);

/// The first of the policy's refusals as that of an object.
workloads::Ruled<void> check_resource(const policy::Change& change,
                                      const policy::ResourceFacts& facts);

}  // namespace slipway::http
