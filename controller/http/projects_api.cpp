// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/http/lists.hpp"
#include "controller/http/places.hpp"
#include "controller/http/quota_enforcement.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/tenancy_views.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxRoleBytes = 64;

const ListColumns<access::Project>& columns() {
  using Column = ListColumn<access::Project>;
  static const ListColumns<access::Project> all{
      {"name", [](const auto& one) { return one.name; }, Column::kSearch},
      {"department", [](const auto& one) { return one.department.name; }, Column::kSearch},
      {"created", [](const auto& one) { return sortable(one.created); }}};
  return all;
}

const ListColumns<access::Membership>& member_columns() {
  using Column = ListColumn<access::Membership>;
  static const ListColumns<access::Membership> all{
      {"name", [](const auto& one) { return one.user.name; }, Column::kSearch},
      {"role", [](const auto& one) { return std::string(access::name_of(one.role)); }}};
  return all;
}

base::Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  const auto department = query.text("department");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto all = services.accounts.tenancy().projects();
  std::erase_if(all, [&](const auto& one) {
    const auto& of = one.department;
    const bool wanted = department.empty() || of.id.value == department || of.name == department;
    return !wanted || !sees(call.caller, one);
  });
  co_return list_response(
      std::move(all), asked, columns(), [](const auto& one) { return one.id.value; },
      [](const auto& one) { return view(one); });
}

base::Task<Answer> create(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto name = in.text("name", access::kMaxTenantNameBytes);
  auto wanted = in.optional_text("department", access::kMaxTenantNameBytes);
  if (wanted.empty()) wanted = call.caller.rights.department.value;
  if (wanted.empty()) in.refuse("department", "is missing");
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto& tenancy = services.accounts.tenancy();
  const auto department = tenancy.department(wanted);
  const access::Place place{.department = department ? department->id : access::DepartmentId{}};
  const auto may = access::decide(call.caller.rights, access::Act::kOrganise, true, &place);
  if (!may) co_return base::fail(may);
  if (!department) {
    co_return base::fail(base::ErrorCode::kInvalid, "no department " + wanted, "department");
  }
  auto made = tenancy.add_project(*department, name);
  if (!made) co_return base::fail(made);
  auto response = json_response(201, view(*made));
  response.headers.set("Location", "/api/v1/projects/" + made->id.value);
  co_return response;
}

base::Task<Answer> show(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  co_return json_response(200, view(*project));
}

base::Task<Answer> rename(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto name = in.text("name", access::kMaxTenantNameBytes);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  auto renamed = services.accounts.tenancy().rename(project->id, name);
  if (!renamed) co_return base::fail(renamed);
  co_return json_response(200, view(*renamed));
}

/// A namespace that says to be the project's, as "cluster/namespace"; empty: there is none.
std::string namespace_of(Services& services, const access::ProjectId& project) {
  for (const auto& one : services.quotas.of(project)) release_if_gone(services, one.where);
  if (const auto allotted = services.quotas.of(project); !allotted.empty()) {
    const auto& where = allotted.front().where;  // also one that a cluster is yet to make
    return cluster_name(services, where.cluster.value) + "/" + where.name_space;
  }
  for (const auto& cluster : services.clusters.names()) {
    mirror::Query query;
    query.kind = "namespaces";
    query.where = [&](const wire::MirrorRow& row) {
      return place_of(services, cluster.id, row).project == project;
    };
    query.limit = 1;
    const auto page = services.mirror.list(cluster.id, query);
    if (page && !page->rows.empty()) {
      return cluster.name + "/" + page->rows.front().meta().name();
    }
  }
  return {};
}

base::Task<Answer> remove(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  if (const auto held = namespace_of(services, project->id); !held.empty()) {
    co_return base::fail(base::ErrorCode::kConflict, "project " + project->name +
                                                         " has namespaces (" + held +
                                                         "); delete them or move them first");
  }
  auto gone = services.accounts.tenancy().remove(project->id);
  if (!gone) co_return base::fail(gone);
  services.quotas.remove_budget(project->id.value);
  co_return empty_response(204);
}

boost::json::object member_view(const access::Membership& membership) {
  return {{"user", boost::json::object{{"id", membership.user.id.value},
                                       {"name", membership.user.name},
                                       {"role", access::name_of(membership.user.role)}}},
          {"role", access::name_of(membership.role)}};
}

base::Task<Answer> list_members(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, member_columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  co_return list_response(
      services.accounts.tenancy().members(project->id), asked, member_columns(),
      [](const auto& one) { return one.user.id.value; }, member_view);
}

/// Department administrators choose among the users of their department.
base::Result<access::User> choose_user(const Services& services, const Call& call) {
  auto user = find_user(services, call.argument("user"));
  const bool all = access::decide(call.caller.rights, access::Act::kAdminister, false).has_value();
  if (all || (user && user->department == call.caller.rights.department)) return user;
  return base::fail(base::ErrorCode::kNotFound,
                    "no user " + call.argument("user") + " in your department", "user");
}

base::Task<Answer> set_member(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto role = access::role_named(in.text("role", kMaxRoleBytes));
  if (!role) in.refuse("role", "must be project_member or read_only");
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  auto user = choose_user(services, call);
  if (!user) co_return base::fail(user);
  auto set = services.accounts.tenancy().set_member(project->id, *user, *role);
  if (!set) co_return base::fail(set);
  co_return json_response(200, member_view({.project = *project, .user = *user, .role = *role}));
}

base::Task<Answer> remove_member(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto project = project_of(services, call);
  if (!project) co_return base::fail(project);
  auto user = find_user(services, call.argument("user"));
  if (!user) co_return base::fail(user);
  auto gone = services.accounts.tenancy().remove_member(project->id, user->id);
  if (!gone) co_return base::fail(gone);
  co_return empty_response(204);
}

}  // namespace

Routes projects_routes(Services& services) {
  const std::string all = "/api/v1/projects";
  const std::string one = all + "/{project}";
  return {plain_route(services, "GET", all, Needs::kLook, "", list),
          plain_route(services, "POST", all, Needs::kOrganise, "project.create", create),
          plain_route(services, "GET", one, Needs::kLook, "", show),
          plain_route(services, "PUT", one, Needs::kOrganise, "project.rename", rename),
          plain_route(services, "DELETE", one, Needs::kOrganise, "project.delete", remove),
          plain_route(services, "GET", one + "/members", Needs::kOrganise, "", list_members),
          plain_route(services, "PUT", one + "/members/{user}", Needs::kOrganise, "member.set",
                      set_member),
          plain_route(services, "DELETE", one + "/members/{user}", Needs::kOrganise,
                      "member.remove", remove_member)};
}

}  // namespace slipway::http
