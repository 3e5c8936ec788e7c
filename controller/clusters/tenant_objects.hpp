// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

namespace slipway::clusters {

/// What members of projects may do in a namespace of theirs, and what all users may: ClusterRoles,
/// as YAML. Resources are named one by one; who reads has neither secrets nor any way to exec.
std::string tenant_roles();

/// A namespace, and the groups that work or read in it; none: it is of no project.
struct TenantNamespace {
  std::string name;
  std::set<std::string> workers;
  std::set<std::string> readers;
};

/// One of our RoleBindings, as it is.
struct TenantBinding {
  std::string name_space;
  std::string name;
  std::string role;
  std::set<std::string> subjects;  ///< "Group slipway:…"
  auto operator<=>(const TenantBinding&) const = default;
};

inline constexpr char kTenantBindingPrefix[] = "slipway:project-";
inline constexpr std::size_t kMaxBindingsAtOnce = 100;

/// What it takes that each namespace has its RoleBindings and none that it should not have.
struct BorderPlan {
  std::vector<TenantBinding> remove;  ///< first: a binding's role cannot be changed
  std::vector<TenantBinding> apply;
};
/// At most kMaxBindingsAtOnce of each: when they are done, ask again.
BorderPlan plan_borders(const std::vector<TenantNamespace>& namespaces,
                        const std::vector<TenantBinding>& there);
std::string to_yaml(const std::vector<TenantBinding>& bindings);

}  // namespace slipway::clusters
