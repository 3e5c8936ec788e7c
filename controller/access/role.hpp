// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace slipway::access {

/// What a user is to this installation. In a project one is a member or reads only: see
/// Memberships.
enum class Role {
  kAdministrator,            ///< everything
  kDepartmentAdministrator,  ///< the projects and namespaces of a department
  kProjectMember,            ///< works in the namespaces of projects
  kReadOnly,                 ///< looks at the namespaces of projects, changes nothing anywhere
};

std::string_view name_of(Role role);
/// As a sentence says it: "a project member".
std::string_view words_of(Role role);
std::optional<Role> role_named(std::string_view name);

}  // namespace slipway::access
