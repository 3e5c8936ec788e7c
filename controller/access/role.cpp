// SPDX-License-Identifier: Apache-2.0
#include "controller/access/role.hpp"

namespace slipway::access {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::kAdministrator:
      return "administrator";
    case Role::kDepartmentAdministrator:
      return "department_administrator";
    case Role::kProjectMember:
      return "project_member";
    case Role::kReadOnly:
      return "read_only";
  }
  return "read_only";
}

std::string_view words_of(Role role) {
  switch (role) {
    case Role::kAdministrator:
      return "an administrator";
    case Role::kDepartmentAdministrator:
      return "a department administrator";
    case Role::kProjectMember:
      return "a project member";
    case Role::kReadOnly:
      return "a read-only user";
  }
  return "a read-only user";
}

std::optional<Role> role_named(std::string_view name) {
  for (auto role : {Role::kAdministrator, Role::kDepartmentAdministrator, Role::kProjectMember,
                    Role::kReadOnly}) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

}  // namespace slipway::access
