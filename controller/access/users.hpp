// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/access/rights.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::access {

using base::UserId;

inline constexpr std::size_t kMaxUsers = 10'000;

/// Someone who may log in.
struct User {
  UserId id;
  std::string name;
  Role role = Role::kReadOnly;
  base::UtcTime created;
  DepartmentId department = {};  ///< of a department administrator; others may have one
  bool must_change = false;      ///< the password, before anything else
};

/// The rows of the users.
class Users {
 public:
  Users(store::Database& database, const base::Clock& clock);

  /// `wanted`: name, role, department, must_change. kInvalid, field "name"; kConflict when the name
  /// is taken; kExhausted.
  base::Result<User> add(User wanted, const std::string& password_hash);
  std::optional<User> find(const UserId& id) const;
  std::optional<User> named(std::string_view name) const;
  std::string password_hash(const UserId& id) const;  ///< empty: no such user
  base::Result<> set_password_hash(const UserId& id, const std::string& hash, bool must_change);
  /// kConflict: the last administrator would be none.
  base::Result<> set_role(const UserId& id, Role role, const DepartmentId& department);
  /// With sessions, tokens and memberships. kConflict: the last administrator.
  base::Result<> remove(const UserId& id);
  std::vector<User> list() const;  ///< by name

 private:
  base::Result<> spare_an_administrator(const UserId& id) const;
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
