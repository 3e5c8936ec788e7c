// SPDX-License-Identifier: Apache-2.0
#include "controller/access/rights.hpp"

#include <algorithm>

namespace slipway::access {

namespace {

using base::ErrorCode;
using base::fail;

bool works(Role role) {
  return role != Role::kReadOnly;
}

base::Result<> refuse(std::string why) {
  return fail(ErrorCode::kDenied, std::move(why));
}

/// A token that is bound to a place has no say beyond it, whoever made it.
base::Result<> refuse_local(const TokenScope& scope) {
  return refuse(std::string("this token is limited to a ") +
                (scope.project.empty() ? "cluster" : "project") + "; use one that is not");
}

base::Result<> administer(const Rights& who) {
  if (who.role != Role::kAdministrator) {
    return refuse("only administrators may do this; you are " + std::string(words_of(who.role)));
  }
  if (who.scope.is_local()) return refuse_local(who.scope);
  return {};
}

bool is_own(const Rights& who, const DepartmentId& department) {
  return who.role == Role::kDepartmentAdministrator && !department.empty() &&
         who.department == department;
}

/// What administrators do everywhere and department administrators in their own department.
base::Result<> in_department(const Rights& who, const Place* where) {
  if (who.role == Role::kAdministrator) return administer(who);
  if (who.role != Role::kDepartmentAdministrator) {
    return refuse("only administrators and the department's administrators may do this; you are " +
                  std::string(words_of(who.role)));
  }
  if (who.scope.is_local()) return refuse_local(who.scope);
  if (where != nullptr && !is_own(who, where->department)) {
    return refuse(
        "this is not of your department; administrators and that department's administrators may "
        "do this");
  }
  return {};
}

/// Does the token leave anything of this place?
bool covers(const TokenScope& scope, const Place& where) {
  if (!scope.cluster.empty() && scope.cluster != where.cluster) return false;
  return scope.project.empty() || scope.project == where.project;
}

bool has_any(const Rights& who, bool working) {
  if (who.role == Role::kAdministrator || who.role == Role::kDepartmentAdministrator) return true;
  if (working && !works(who.role)) return false;
  return std::ranges::any_of(
      who.projects, [&](const auto& project) { return !working || works(project.second); });
}

base::Result<> in_namespace(const Rights& who, Act act, const Place* where) {
  const bool working = act != Act::kRead;
  if (where == nullptr) {
    if (has_any(who, working)) return {};
    return refuse(working ? "you are a member of no project that you may change anything in; an "
                            "administrator can make you one"
                          : "you are in no project; an administrator can make you a member of one");
  }
  const auto role = role_in(who, *where);
  if (!role) {
    if (who.scope.is_local()) return refuse_local(who.scope);
    return refuse(
        "this namespace is of none of your projects; its project's members, its department's "
        "administrators and administrators may do this");
  }
  if (working && !works(*role)) {
    return refuse("you only read in this project; its members may do this");
  }
  return {};
}

}  // namespace

std::optional<Role> role_in(const Rights& who, const Place& where) {
  if (!covers(who.scope, where)) return std::nullopt;
  std::optional<Role> role;
  if (who.role == Role::kAdministrator) {
    role = Role::kAdministrator;
  } else if (is_own(who, where.department)) {
    role = Role::kDepartmentAdministrator;
  } else if (auto found = who.projects.find(where.project); found != who.projects.end()) {
    role = works(who.role) ? found->second : Role::kReadOnly;
  }
  if (role && who.scope.read_only) return Role::kReadOnly;
  return role;
}

base::Result<> decide(const Rights& who, Act act, bool changes, const Place* where) {
  if (act == Act::kNothing) return {};
  const bool writes = changes || act == Act::kWrite || act == Act::kExec || act == Act::kMakeToken;
  if (writes && who.scope.read_only) {
    return refuse("this token only reads; use one that may change things");
  }
  switch (act) {
    case Act::kNothing:
    case Act::kLook:
      return {};
    case Act::kAccount:
    case Act::kMakeToken:
      // It could make itself a token without limits.
      return writes && who.scope.is_local() ? refuse_local(who.scope) : base::Result<>{};
    case Act::kAdminister:
      return administer(who);
    case Act::kOrganise:
    case Act::kKeepNamespaces:
      return in_department(who, where);
    case Act::kRead:
    case Act::kWrite:
    case Act::kExec:
      return in_namespace(who, act, where);
  }
  return refuse("nobody may do this");
}

std::string group_of(const std::string& id, Role role) {
  return "slipway:" + id + ":" + std::string(name_of(role));
}

std::vector<std::string> groups_of(const Rights& who, const std::string& cluster) {
  std::vector<std::string> groups{kUsersGroup};
  const auto& scope = who.scope;
  if (!scope.cluster.empty() && scope.cluster != cluster) return groups;
  const auto add = [&](const std::string& id, Role role) {
    groups.push_back(group_of(id, scope.read_only ? Role::kReadOnly : role));
  };
  if (!scope.project.empty()) {
    const auto role = role_in(who, {cluster, scope.project, scope.department});
    if (role) add(scope.project.value, works(*role) ? Role::kProjectMember : Role::kReadOnly);
    return groups;
  }
  if (who.role == Role::kAdministrator) {
    groups.emplace_back(kAdministratorsGroup);
    return groups;
  }
  if (who.role == Role::kDepartmentAdministrator && !who.department.empty()) {
    add(who.department.value, Role::kDepartmentAdministrator);
  }
  for (const auto& [project, role] : who.projects) {
    add(project.value, works(who.role) ? role : Role::kReadOnly);
  }
  return groups;
}

bool covers(const std::vector<std::string>& now, const std::vector<std::string>& before) {
  if (std::ranges::find(now, kAdministratorsGroup) != now.end()) return true;
  const auto reader = ":" + std::string(name_of(Role::kReadOnly));
  return std::ranges::all_of(before, [&](const std::string& group) {
    if (std::ranges::find(now, group) != now.end()) return true;
    if (!group.ends_with(reader)) return false;
    const auto place = std::string_view(group).substr(0, group.size() - reader.size() + 1);
    return std::ranges::any_of(now, [&](const auto& one) { return one.starts_with(place); });
  });
}

}  // namespace slipway::access
