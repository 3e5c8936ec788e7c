// SPDX-License-Identifier: Apache-2.0
#include "controller/access/tenancy.hpp"

#include <algorithm>

namespace slipway::access {

namespace {

using base::ErrorCode;
using base::fail;

constexpr char kDepartmentColumns[] = "SELECT id, name, created_ms FROM departments ";
constexpr char kProjectColumns[] =
    "SELECT d.id, d.name, d.created_ms, p.id, p.name, p.created_ms FROM projects p "
    "JOIN departments d ON d.id = p.department ";
constexpr char kMemberColumns[] =
    "SELECT d.id, d.name, d.created_ms, p.id, p.name, p.created_ms, m.role, u.id FROM "
    "project_members m JOIN projects p ON p.id = m.project JOIN departments d ON d.id = "
    "p.department JOIN users u ON u.id = m.user ";
constexpr std::size_t kNamedInRefusal = 5;

Department read_department(const store::Statement& row) {
  return {.id = {row.text(0)}, .name = row.text(1), .created = base::from_unix_ms(row.number(2))};
}

Project read_project(const store::Statement& row) {
  return {.id = {row.text(3)},
          .department = read_department(row),
          .name = row.text(4),
          .created = base::from_unix_ms(row.number(5))};
}

base::Result<> check_name(const std::string& name) {
  const bool plain =
      std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/'; });
  const bool bare = !name.empty() && name.front() != ' ' && name.back() != ' ';
  if (plain && bare && name.size() <= kMaxTenantNameBytes) return {};
  return fail(ErrorCode::kInvalid,
              "a name has 1 to 100 bytes, no / and no control character, and no space at its ends",
              "name");
}

/// "a, b, c and 4 more": what stands in the way of a removal.
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamedInRefusal; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamedInRefusal) {
    text += " and " + std::to_string(names.size() - kNamedInRefusal) + " more";
  }
  return text;
}

}  // namespace

Tenancy::Tenancy(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

base::Result<Department> Tenancy::add_department(const std::string& name) {
  if (auto good = check_name(name); !good) return fail(good);
  const auto all = departments();
  if (std::ranges::find(all, name, &Department::name) != all.end()) {
    return fail(ErrorCode::kConflict, "department " + name + " exists already", "name");
  }
  if (all.size() >= kMaxDepartments) {
    return fail(ErrorCode::kExhausted, "there are 1000 departments already");
  }
  Department made{.id = {base::new_id()}, .name = name, .created = clock_.utc()};
  database_.prepare("INSERT INTO departments (id, name, created_ms) VALUES (?,?,?)")
      .bind(made.id.value)
      .bind(name)
      .bind(base::to_unix_ms(made.created))
      .run();
  return made;
}

base::Result<Department> Tenancy::rename(const DepartmentId& id, const std::string& name) {
  if (auto good = check_name(name); !good) return fail(good);
  const auto all = departments();
  const auto taken = std::ranges::find(all, name, &Department::name);
  if (taken != all.end() && taken->id != id) {
    return fail(ErrorCode::kConflict, "department " + name + " exists already", "name");
  }
  database_.prepare("UPDATE departments SET name = ? WHERE id = ?").bind(name).bind(id.value).run();
  auto renamed = department(id.value);
  if (!renamed) return fail(ErrorCode::kNotFound, "no such department", "department");
  return *renamed;
}

base::Result<> Tenancy::remove(const DepartmentId& id) {
  const auto gone = department(id.value);
  if (!gone) return fail(ErrorCode::kNotFound, "no such department", "department");
  std::vector<std::string> names;
  for (const auto& project : projects()) {
    if (project.department.id == id) names.push_back(project.name);
  }
  if (!names.empty()) {
    return fail(ErrorCode::kConflict, "department " + gone->name + " has projects (" +
                                          listed(names) + "); delete them first");
  }
  auto row = database_.prepare("SELECT name FROM users WHERE department = ? ORDER BY name");
  row.bind(id.value);
  while (row.step()) names.push_back(row.text(0));
  if (!names.empty()) {
    return fail(ErrorCode::kConflict, "department " + gone->name + " has users (" + listed(names) +
                                          "); give them another one first");
  }
  database_.prepare("DELETE FROM departments WHERE id = ?").bind(id.value).run();
  return {};
}

std::optional<Department> Tenancy::department(std::string_view id_or_name) const {
  auto row = database_.prepare(std::string(kDepartmentColumns) +
                               "WHERE id = ?1 OR name = ?1 ORDER BY id <> ?1");
  if (!row.bind(id_or_name).step()) return std::nullopt;
  return read_department(row);
}

std::vector<Department> Tenancy::departments() const {
  std::vector<Department> all;
  auto row = database_.prepare(std::string(kDepartmentColumns) + "ORDER BY name");
  while (row.step()) all.push_back(read_department(row));
  return all;
}

base::Result<Project> Tenancy::add_project(const Department& department, const std::string& name) {
  if (auto good = check_name(name); !good) return fail(good);
  const auto all = projects();
  for (const auto& project : all) {
    if (project.department.id == department.id && project.name == name) {
      return fail(ErrorCode::kConflict,
                  "project " + name + " exists already in department " + department.name, "name");
    }
  }
  if (all.size() >= kMaxProjects) {
    return fail(ErrorCode::kExhausted, "there are 10000 projects already");
  }
  Project made{
      .id = {base::new_id()}, .department = department, .name = name, .created = clock_.utc()};
  database_.prepare("INSERT INTO projects (id, department, name, created_ms) VALUES (?,?,?,?)")
      .bind(made.id.value)
      .bind(department.id.value)
      .bind(name)
      .bind(base::to_unix_ms(made.created))
      .run();
  return made;
}

base::Result<Project> Tenancy::rename(const ProjectId& id, const std::string& name) {
  if (auto good = check_name(name); !good) return fail(good);
  auto renamed = project(id);
  if (!renamed) return fail(ErrorCode::kNotFound, "no such project", "project");
  for (const auto& other : projects()) {
    if (other.department.id == renamed->department.id && other.name == name && other.id != id) {
      return fail(ErrorCode::kConflict,
                  "project " + name + " exists already in department " + other.department.name,
                  "name");
    }
  }
  database_.prepare("UPDATE projects SET name = ? WHERE id = ?").bind(name).bind(id.value).run();
  renamed->name = name;
  return *renamed;
}

base::Result<> Tenancy::remove(const ProjectId& id) {
  database_.prepare("DELETE FROM projects WHERE id = ?").bind(id.value).run();
  if (database_.changes() == 0) return fail(ErrorCode::kNotFound, "no such project", "project");
  return {};
}

std::optional<Project> Tenancy::project(const ProjectId& id) const {
  auto row = database_.prepare(std::string(kProjectColumns) + "WHERE p.id = ?");
  if (!row.bind(id.value).step()) return std::nullopt;
  return read_project(row);
}

std::vector<Project> Tenancy::projects() const {
  std::vector<Project> all;
  auto row = database_.prepare(std::string(kProjectColumns) + "ORDER BY d.name, p.name");
  while (row.step()) all.push_back(read_project(row));
  return all;
}

base::Result<> Tenancy::set_member(const ProjectId& project_id, const User& user, Role role) {
  if (role != Role::kProjectMember && role != Role::kReadOnly) {
    return fail(ErrorCode::kInvalid, "role must be project_member or read_only", "role");
  }
  if (user.role == Role::kReadOnly && role != Role::kReadOnly) {
    return fail(ErrorCode::kInvalid,
                "role must be read_only: user " + user.name + " is a read-only user", "role");
  }
  if (!project(project_id)) return fail(ErrorCode::kNotFound, "no such project", "project");
  const auto roles = roles_of(user.id);
  if (!roles.contains(project_id) && roles.size() >= kMaxProjectsOfUser) {
    return fail(ErrorCode::kExhausted, "user " + user.name + " is in 64 projects already");
  }
  database_
      .prepare(
          "INSERT INTO project_members (project, user, role) VALUES (?,?,?) "
          "ON CONFLICT (project, user) DO UPDATE SET role = excluded.role")
      .bind(project_id.value)
      .bind(user.id.value)
      .bind(name_of(role))
      .run();
  return {};
}

base::Result<> Tenancy::remove_member(const ProjectId& project, const UserId& user) {
  database_.prepare("DELETE FROM project_members WHERE project = ? AND user = ?")
      .bind(project.value)
      .bind(user.value)
      .run();
  if (database_.changes() == 0) {
    return fail(ErrorCode::kNotFound, "no such member of this project", "user");
  }
  return {};
}

std::vector<Membership> Tenancy::memberships_where(const char* column,
                                                   const std::string& id) const {
  Users users(database_, clock_);
  std::vector<Membership> all;
  auto row = database_.prepare(std::string(kMemberColumns) + "WHERE " + column +
                               " = ? ORDER BY d.name, p.name, u.name");
  row.bind(id);
  while (row.step()) {
    auto user = users.find({row.text(7)});
    if (!user) continue;
    all.push_back({.project = read_project(row),
                   .user = std::move(*user),
                   .role = role_named(row.text(6)).value_or(Role::kReadOnly)});
  }
  return all;
}

std::vector<Membership> Tenancy::members(const ProjectId& project) const {
  return memberships_where("m.project", project.value);
}

std::vector<Membership> Tenancy::memberships(const UserId& user) const {
  return memberships_where("m.user", user.value);
}

std::map<ProjectId, Role> Tenancy::roles_of(const UserId& user) const {
  std::map<ProjectId, Role> roles;
  auto row = database_.prepare("SELECT project, role FROM project_members WHERE user = ?");
  row.bind(user.value);
  while (row.step()) roles[{row.text(0)}] = role_named(row.text(1)).value_or(Role::kReadOnly);
  return roles;
}

}  // namespace slipway::access
