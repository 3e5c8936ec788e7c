// SPDX-License-Identifier: Apache-2.0
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/tenancy_views.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxUserBytes = 64;

/// What a user is: role and department, as POST and PUT take them.
struct Standing {
  access::Role role = access::Role::kProjectMember;
  access::DepartmentId department;
};

Standing read_standing(const Services& services, ObjectReader& in) {
  Standing standing;
  const auto role = access::role_named(in.text("role", kMaxUserBytes));
  if (!role) {
    in.refuse("role",
              "must be administrator, department_administrator, project_member or "
              "read_only");
  }
  standing.role = role.value_or(access::Role::kReadOnly);
  const auto wanted = in.optional_text("department", access::kMaxTenantNameBytes);
  const auto department = services.accounts.tenancy().department(wanted);
  if (department) standing.department = department->id;
  if (!wanted.empty() && !department) in.refuse("department", "is none of the departments");
  return standing;
}

access::NewPassword read_password(ObjectReader& in) {
  return {.password = in.optional_text("password", access::kMaxPasswordBytes),
          .must_change = in.flag("mustChangePassword", true)};
}

/// Others see the users of their own department.
bool sees_all(const Caller& caller) {
  return access::decide(caller.rights, access::Act::kAdminister, false).has_value();
}

ListColumns<access::User> columns_of(const Services& services) {
  using enum ListColumn<access::User>::Use;
  return {{"name", [](const auto& user) { return user.name; }, kSearch},
          {"role", [](const auto& user) { return std::string(access::name_of(user.role)); }},
          {"department",
           [&](const auto& user) {
             const auto in = services.accounts.tenancy().department(user.department.value);
             return in ? in->name : std::string{};
           },
           kSearch},
          {"created", [](const auto& user) { return sortable(user.created); }}};
}

base::Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  const auto columns = columns_of(services);
  const auto asked = read_list_request(query, columns);
  const auto wanted = query.text("department");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto all = services.accounts.users().list();
  // Who organises a department chooses its projects' members among its users.
  const bool every = sees_all(call.caller);
  const auto own = call.caller.rights.department;
  const auto department = services.accounts.tenancy().department(wanted);
  std::erase_if(all, [&](const access::User& user) {
    if (!every && user.department != own) return true;
    return !wanted.empty() && (!department || user.department != department->id);
  });
  co_return list_response(
      std::move(all), asked, columns, [](const auto& user) { return user.id.value; },
      [&](const auto& user) { return view(services, user); });
}

base::Task<Answer> create(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  access::User wanted;
  wanted.name = in.text("name", kMaxUserBytes);
  const auto standing = read_standing(services, in);
  auto password = read_password(in);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  wanted.role = standing.role;
  wanted.department = standing.department;
  auto made = co_await services.accounts.add_user(std::move(wanted), std::move(password));
  if (!made) co_return base::fail(made);
  auto out = view(services, made->user);
  if (!made->password.empty()) out["password"] = made->password;
  auto response = json_response(201, out);
  response.headers.set("Location", "/api/v1/users/" + made->user.name);
  co_return response;
}

base::Task<Answer> show(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto user = find_user(services, call.argument("user"));
  if (!user) co_return base::fail(user);
  // As in the list: users of other departments are not there.
  if (!sees_all(call.caller) && user->department != call.caller.rights.department) {
    co_return base::fail(base::ErrorCode::kNotFound, "no user " + call.argument("user"), "user");
  }
  co_return json_response(200, view(services, *user));
}

base::Task<Answer> change(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto standing = read_standing(services, in);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto user = find_user(services, call.argument("user"));
  if (!user) co_return base::fail(user);
  auto changed = services.accounts.set_role(user->id, standing.role, standing.department);
  if (!changed) co_return base::fail(changed);
  co_return json_response(200, view(services, *changed));
}

base::Task<Answer> remove(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto user = find_user(services, call.argument("user"));
  if (!user) co_return base::fail(user);
  if (user->id == call.caller.user.id) {
    co_return base::fail(base::ErrorCode::kConflict,
                         "you cannot delete yourself; another administrator can");
  }
  auto gone = services.accounts.users().remove(user->id);
  if (!gone) co_return base::fail(gone);
  co_return empty_response(204);
}

/// An administrator's: sessions and tokens of the user end.
base::Task<Answer> set_password(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto password = read_password(in);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto user = find_user(services, call.argument("user"));
  if (!user) co_return base::fail(user);
  auto set = co_await services.accounts.set_password(user->id, std::move(password));
  if (!set) co_return base::fail(set);
  boost::json::object out{{"user", view(services, *services.accounts.users().find(user->id))}};
  if (!set->empty()) out["password"] = *set;
  co_return json_response(200, out);
}

base::Task<Answer> change_own_password(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto present = in.text("current", access::kMaxPasswordBytes);
  auto wanted = in.text("new", access::kMaxPasswordBytes);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  const auto& caller = call.caller;
  auto changed = co_await services.accounts.change_password(
      caller.user, std::move(present), std::move(wanted), caller.session, caller.address);
  if (!changed && changed.error().field == "password") changed.error().field = "current";
  if (!changed) co_return base::fail(changed);
  co_return empty_response(204);
}

}  // namespace

Routes users_routes(Services& services) {
  const std::string all = "/api/v1/users";
  const std::string one = all + "/{user}";
  Routes routes{plain_route(services, "GET", all, Needs::kOrganise, "", list),
                plain_route(services, "POST", all, Needs::kAdminister, "user.create", create),
                plain_route(services, "GET", one, Needs::kOrganise, "", show),
                plain_route(services, "PUT", one, Needs::kAdminister, "user.change", change),
                plain_route(services, "DELETE", one, Needs::kAdminister, "user.delete", remove),
                plain_route(services, "PUT", one + "/password", Needs::kAdminister, "password.set",
                            set_password),
                plain_route(services, "PUT", "/api/v1/me/password", Needs::kAccount,
                            "password.change", change_own_password)};
  routes.back().password_may_wait = true;
  return routes;
}

}  // namespace slipway::http
