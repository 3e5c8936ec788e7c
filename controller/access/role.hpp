// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace slipway::access {

/// What a user is to this installation. Only administrators can log in as yet; the others are named
/// so that stored rows need no migration.
enum class Role {
  kAdministrator,            ///< everything
  kDepartmentAdministrator,  ///< the projects of a department
  kProjectMember,            ///< the workloads of a project
  kReadOnly,                 ///< looks, changes nothing
};

std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

}  // namespace slipway::access
