// SPDX-License-Identifier: Apache-2.0
#include "controller/access/users.hpp"

#include <algorithm>

namespace slipway::access {

namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr char kUserColumns[] =
    "SELECT id, name, role, created_ms, department, must_change FROM users ";

User read_user(const store::Statement& row) {
  return User{.id = {row.text(0)},
              .name = row.text(1),
              .role = role_named(row.text(2)).value_or(Role::kReadOnly),
              .created = base::from_unix_ms(row.number(3)),
              .department = {row.text(4)},
              .must_change = row.number(5) != 0};
}

bool is_user_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '@';
  });
}

}  // namespace

Users::Users(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

base::Result<User> Users::add(User user, const std::string& password_hash) {
  if (!is_user_name(user.name)) {
    return base::fail(base::ErrorCode::kInvalid, "a user name has 1 to 64 letters, digits or .-_@",
                      "name");
  }
  if (named(user.name)) {
    return base::fail(base::ErrorCode::kConflict, "user " + user.name + " exists already", "name");
  }
  auto count = database_.prepare("SELECT count(*) FROM users");
  if (count.step() && static_cast<std::size_t>(count.number(0)) >= kMaxUsers) {
    return base::fail(base::ErrorCode::kExhausted, "there are 10000 users already");
  }
  user.id = {base::new_id()};
  user.created = clock_.utc();
  auto row = database_.prepare(
      "INSERT INTO users (id, name, role, password, created_ms, must_change, department) "
      "VALUES (?,?,?,?,?,?,nullif (?, ''))");
  row.bind(user.id.value)
      .bind(user.name)
      .bind(name_of(user.role))
      .bind(password_hash)
      .bind(base::to_unix_ms(user.created))
      .bind(user.must_change)
      .bind(user.department.value)
      .run();
  return user;
}

std::optional<User> Users::find(const UserId& id) const {
  auto row = database_.prepare(std::string(kUserColumns) + "WHERE id = ?");
  if (!row.bind(id.value).step()) return std::nullopt;
  return read_user(row);
}

std::optional<User> Users::named(std::string_view name) const {
  auto row = database_.prepare(std::string(kUserColumns) + "WHERE name = ?");
  if (!row.bind(name).step()) return std::nullopt;
  return read_user(row);
}

std::string Users::password_hash(const UserId& id) const {
  auto row = database_.prepare("SELECT password FROM users WHERE id = ?");
  return row.bind(id.value).step() ? row.text(0) : std::string{};
}

base::Result<> Users::set_password_hash(const UserId& id, const std::string& hash,
                                        bool must_change) {
  database_.prepare("UPDATE users SET password = ?, must_change = ? WHERE id = ?")
      .bind(hash)
      .bind(must_change)
      .bind(id.value)
      .run();
  if (database_.changes() == 0) return base::fail(base::ErrorCode::kNotFound, "no such user");
  return {};
}

base::Result<> Users::spare_an_administrator(const UserId& id) const {
  auto row = database_.prepare("SELECT count(*) FROM users WHERE role = ? AND id <> ?");
  row.bind(name_of(Role::kAdministrator)).bind(id.value).step();
  if (row.number(0) > 0) return {};
  return base::fail(base::ErrorCode::kConflict,
                    "this is the last administrator; make another one first");
}

base::Result<> Users::set_role(const UserId& id, Role role, const DepartmentId& department) {
  if (role != Role::kAdministrator) {
    if (auto spared = spare_an_administrator(id); !spared) return spared;
  }
  database_.prepare("UPDATE users SET role = ?, department = nullif (?, '') WHERE id = ?")
      .bind(name_of(role))
      .bind(department.value)
      .bind(id.value)
      .run();
  if (database_.changes() == 0) return base::fail(base::ErrorCode::kNotFound, "no such user");
  return {};
}

base::Result<> Users::remove(const UserId& id) {
  if (auto spared = spare_an_administrator(id); !spared) return spared;
  database_.prepare("DELETE FROM users WHERE id = ?").bind(id.value).run();
  if (database_.changes() == 0) return base::fail(base::ErrorCode::kNotFound, "no such user");
  return {};
}

std::vector<User> Users::list() const {
  std::vector<User> users;
  auto row = database_.prepare(std::string(kUserColumns) + "ORDER BY name");
  while (row.step()) users.push_back(read_user(row));
  return users;
}

}  // namespace slipway::access
