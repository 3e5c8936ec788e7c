// SPDX-License-Identifier: Apache-2.0
#include "controller/http/tenancy_views.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/http/places.hpp"

namespace slipway::http {

namespace {

boost::json::object named(const std::string& id, const std::string& name) {
  return {{"id", id}, {"name", name}};
}

}  // namespace

boost::json::object view(const access::Department& department) {
  auto out = named(department.id.value, department.name);
  out["createdAt"] = base::to_rfc3339(department.created);
  return out;
}

boost::json::object view(const access::Project& project) {
  auto out = named(project.id.value, project.name);
  out["department"] = named(project.department.id.value, project.department.name);
  out["createdAt"] = base::to_rfc3339(project.created);
  return out;
}

boost::json::object view(const Services& services, const access::User& user) {
  auto out = named(user.id.value, user.name);
  out["role"] = access::name_of(user.role);
  out["createdAt"] = base::to_rfc3339(user.created);
  if (user.must_change) out["mustChangePassword"] = true;
  const auto& tenancy = services.accounts.tenancy();
  if (const auto department = tenancy.department(user.department.value)) {
    out["department"] = named(department->id.value, department->name);
  }
  boost::json::array projects;
  for (const auto& membership : tenancy.memberships(user.id)) {
    auto project = view(membership.project);
    project.erase("createdAt");
    project["role"] = access::name_of(membership.role);
    projects.push_back(std::move(project));
  }
  out["projects"] = std::move(projects);
  return out;
}

/// Of an administrator all; of others their own, and those that their projects are in.
bool sees(const Services& services, const Caller& caller, const access::DepartmentId& department) {
  if (caller.user.department == department && !department.empty()) return true;
  if (access::decide(caller.rights, access::Act::kAdminister, false)) return true;
  const auto memberships = services.accounts.tenancy().memberships(caller.user.id);
  return std::ranges::any_of(memberships, [&](const auto& membership) {
    return membership.project.department.id == department;
  });
}

bool sees(const Caller& caller, const access::Project& project) {
  auto place = place_of(project);
  place.cluster = caller.rights.scope.cluster;  // a project is of no cluster
  return access::role_in(caller.rights, place).has_value();
}

base::Result<access::Department> department_of(const Services& services, const Call& call) {
  const auto& name = call.argument("department");
  auto department = services.accounts.tenancy().department(name);
  if (!department || !sees(services, call.caller, department->id)) {
    return base::fail(base::ErrorCode::kNotFound, "no department " + name, "department");
  }
  return *department;
}

base::Result<access::Project> project_of(const Services& services, const Call& call) {
  const auto& id = call.argument("project");
  auto project = services.accounts.tenancy().project({id});
  if (!project || !sees(call.caller, *project)) {
    return base::fail(base::ErrorCode::kNotFound, "no project " + id, "project");
  }
  return *project;
}

base::Result<access::User> find_user(const Services& services, const std::string& id_or_name) {
  auto user = services.accounts.users().find({id_or_name});
  if (!user) user = services.accounts.users().named(id_or_name);
  if (!user) return base::fail(base::ErrorCode::kNotFound, "no user " + id_or_name, "user");
  return *user;
}

base::Result<access::User> owner_of(const Services& services, const Caller& caller,
                                    const std::string& id_or_name) {
  if (id_or_name.empty() || id_or_name == caller.user.id.value || id_or_name == caller.user.name) {
    return caller.user;
  }
  if (auto may = access::decide(caller.rights, access::Act::kAdminister, false); !may) {
    return base::fail(may);
  }
  return find_user(services, id_or_name);
}

base::Result<> may_end(const Caller& caller, const access::UserId& owner) {
  if (owner == caller.user.id) return {};
  return access::decide(caller.rights, access::Act::kAdminister, true);
}

}  // namespace slipway::http
