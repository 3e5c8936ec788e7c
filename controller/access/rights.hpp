// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/access/role.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/result.hpp"

namespace slipway::access {

using DepartmentId = base::Id<struct DepartmentTag>;
using ProjectId = base::Id<struct ProjectTag>;

/// What an API token leaves of its user's rights.
struct TokenScope {
  bool read_only = false;
  std::string cluster;           ///< id; empty: any
  ProjectId project;             ///< empty: any
  DepartmentId department = {};  ///< that `project` is in

  /// Limited to a place: then it administers nothing.
  bool is_local() const { return !cluster.empty() || !project.empty(); }
  bool operator==(const TokenScope&) const = default;
};

/// Who asks, as far as rights go by it.
struct Rights {
  Role role = Role::kReadOnly;
  DepartmentId department = {};             ///< of a department administrator
  std::map<ProjectId, Role> projects = {};  ///< memberships
  TokenScope scope = {};
};

/// Where a thing lies. A namespace that belongs to no project has an empty one: it is the
/// administrators'.
struct Place {
  std::string cluster = {};  ///< id
  ProjectId project = {};
  DepartmentId department = {};
};

/// What is asked for.
enum class Act {
  kNothing,         ///< needs no login
  kLook,            ///< any user; the answer leaves out what is not theirs
  kAccount,         ///< one's own password, sessions and tokens
  kMakeToken,       ///< a token for oneself, by whatever request
  kOrganise,        ///< projects and their members
  kAdminister,      ///< the management view: clusters, nodes, users, audit …
  kKeepNamespaces,  ///< making and deleting namespaces of a project
  kRead,            ///< objects of a namespace, its pods and logs
  kWrite,           ///< changing them
  kExec,            ///< a process in a container, by whatever way
};

/// What somebody is in a project's namespaces, or anywhere of a department; nullopt: nothing.
std::optional<Role> role_in(const Rights& who, const Place& where);

/// The one rule. `changes`: the request writes. `where` is nullptr where the request does not say
/// it yet: then it is refused only to who may do it nowhere. kDenied says why, and who may.
base::Result<> decide(const Rights& who, Act act, bool changes, const Place* where = nullptr);

/// The groups that a cluster's API server knows this user by: all users', administrators', and one
/// for each department or project, `slipway:<id>:<role>`, that the namespaces' RoleBindings name.
std::vector<std::string> groups_of(const Rights& who, const std::string& cluster);
/// Whether who comes with the groups `now` may do all that they could with those of `before`.
bool covers(const std::vector<std::string>& now, const std::vector<std::string>& before);
inline constexpr char kAdministratorsGroup[] = "slipway:administrators";
inline constexpr char kUsersGroup[] = "slipway:users";
std::string group_of(const std::string& id, Role role);

}  // namespace slipway::access
