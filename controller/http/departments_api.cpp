// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/tenancy_views.hpp"

namespace slipway::http {

namespace {

base::Result<std::string> read_name(const Call& call) {
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  auto name = in.text("name", access::kMaxTenantNameBytes);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  return name;
}

const ListColumns<access::Department>& columns() {
  using Column = ListColumn<access::Department>;
  static const ListColumns<access::Department> all{
      {"name", [](const auto& one) { return one.name; }, Column::kSearch},
      {"created", [](const auto& one) { return sortable(one.created); }}};
  return all;
}

base::Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto all = services.accounts.tenancy().departments();
  std::erase_if(all, [&](const auto& one) { return !sees(services, call.caller, one.id); });
  co_return list_response(
      std::move(all), asked, columns(), [](const auto& one) { return one.id.value; },
      [](const auto& one) { return view(one); });
}

base::Task<Answer> create(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto name = read_name(call);
  if (!name) co_return base::fail(name);
  auto made = services.accounts.tenancy().add_department(*name);
  if (!made) co_return base::fail(made);
  auto response = json_response(201, view(*made));
  response.headers.set("Location", "/api/v1/departments/" + made->id.value);
  co_return response;
}

base::Task<Answer> show(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto department = department_of(services, call);
  if (!department) co_return base::fail(department);
  co_return json_response(200, view(*department));
}

base::Task<Answer> rename(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto name = read_name(call);
  if (!name) co_return base::fail(name);
  auto department = department_of(services, call);
  if (!department) co_return base::fail(department);
  auto renamed = services.accounts.tenancy().rename(department->id, *name);
  if (!renamed) co_return base::fail(renamed);
  co_return json_response(200, view(*renamed));
}

base::Task<Answer> remove(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto department = department_of(services, call);
  if (!department) co_return base::fail(department);
  auto gone = services.accounts.tenancy().remove(department->id);
  if (!gone) co_return base::fail(gone);
  services.quotas.remove_budget(department->id.value);
  co_return empty_response(204);
}

}  // namespace

Routes departments_routes(Services& services) {
  const std::string all = "/api/v1/departments";
  const std::string one = all + "/{department}";
  return {plain_route(services, "GET", all, Needs::kLook, "", list),
          plain_route(services, "POST", all, Needs::kAdminister, "department.create", create),
          plain_route(services, "GET", one, Needs::kLook, "", show),
          plain_route(services, "PUT", one, Needs::kAdminister, "department.rename", rename),
          plain_route(services, "DELETE", one, Needs::kAdminister, "department.delete", remove)};
}

}  // namespace slipway::http
