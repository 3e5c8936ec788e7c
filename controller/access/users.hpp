// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/access/role.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::access {

using base::UserId;

/// Someone who may log in.
struct User {
  UserId id;
  std::string name;
  Role role = Role::kReadOnly;
  base::UtcTime created;
};

/// The rows of the users.
class Users {
 public:
  Users(store::Database& database, const base::Clock& clock);

  /// kInvalid, field "name"; kConflict when the name is taken.
  base::Result<User> add(const std::string& name, Role role, const std::string& password_hash);
  std::optional<User> find(const UserId& id) const;
  std::optional<User> named(std::string_view name) const;
  std::string password_hash(const UserId& id) const;  ///< empty: no such user
  base::Result<> set_password_hash(const UserId& id, const std::string& hash);
  std::vector<User> list() const;  ///< by name

 private:
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
