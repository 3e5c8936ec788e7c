// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace slipway::workloads {

/// A kind that something can be done to.
struct WorkloadKind {
  std::string_view plural;  ///< of its path: "deployments"
  std::string_view kind;    ///< "Deployment"
  std::string_view group;   ///< empty: the core group
};

std::span<const WorkloadKind> workload_kinds();
/// nullptr: there is none of that name.
const WorkloadKind* kind_named(std::string_view plural);

}  // namespace slipway::workloads
