// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/access/rights.hpp"
#include "controller/access/users.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::access {

inline constexpr std::size_t kMaxDepartments = 1000;
inline constexpr std::size_t kMaxProjects = 10'000;
inline constexpr std::size_t kMaxProjectsOfUser = 64;  ///< each is a header of a proxied request
inline constexpr std::size_t kMaxTenantNameBytes = 100;

struct Department {
  DepartmentId id;
  std::string name;
  base::UtcTime created;
};

struct Project {
  ProjectId id;
  Department department;
  std::string name;
  base::UtcTime created;
};

/// Somebody in a project.
struct Membership {
  Project project;
  User user;
  Role role = Role::kReadOnly;  ///< kProjectMember or kReadOnly
};

/// Departments, their projects and who is in them. Names are what people call things, in any
/// script; ids never change.
class Tenancy {
 public:
  Tenancy(store::Database& database, const base::Clock& clock);

  /// kInvalid, kConflict: field "name"; kExhausted.
  base::Result<Department> add_department(const std::string& name);
  base::Result<Department> rename(const DepartmentId& id, const std::string& name);
  /// kConflict while it has projects or users.
  base::Result<> remove(const DepartmentId& id);
  std::optional<Department> department(std::string_view id_or_name) const;
  std::vector<Department> departments() const;  ///< by name

  base::Result<Project> add_project(const Department& department, const std::string& name);
  base::Result<Project> rename(const ProjectId& id, const std::string& name);
  /// With its memberships. Whether a namespace is still the project's, the caller asks before.
  base::Result<> remove(const ProjectId& id);
  std::optional<Project> project(const ProjectId& id) const;
  std::vector<Project> projects() const;  ///< by department and name

  /// kInvalid, field "role": no role of a project, or more than the user's own.
  base::Result<> set_member(const ProjectId& project, const User& user, Role role);
  base::Result<> remove_member(const ProjectId& project, const UserId& user);
  std::vector<Membership> members(const ProjectId& project) const;  ///< by user
  std::vector<Membership> memberships(const UserId& user) const;    ///< by department and project
  std::map<ProjectId, Role> roles_of(const UserId& user) const;

 private:
  std::vector<Membership> memberships_where(const char* column, const std::string& id) const;
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
