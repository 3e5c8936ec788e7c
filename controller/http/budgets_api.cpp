// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/http/quota_views.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/http/tenancy_views.hpp"

namespace slipway::http {

namespace {

/// What a budget shall be.
struct Wanted {
  quotas::Amounts amounts;
  std::int64_t version = 0;
  bool dry_run = false;
};
base::Result<Wanted> read(const Call& call) {
  QueryReader query(call.query);
  Wanted wanted{.dry_run = query.flag("dryRun", false)};
  if (auto fault = query.fault()) return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  if (in.optional_object("budget") == nullptr) in.refuse("budget", "is missing");
  wanted.amounts = read_amounts(in, "budget");
  wanted.version = read_version(in);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  return wanted;
}

/// Of a department or a project.
template <class Owner>
Answer show(const Services& services, const base::Result<Owner>& owner) {
  if (!owner) return base::fail(owner);
  return json_response(200, view(services.quotas.budget_of(*owner)));
}

template <class Owner>
Answer set(Services& services, const Call& call, const base::Result<Owner>& owner) {
  const auto wanted = read(call);
  if (!wanted) return base::fail(wanted);
  if (!owner) return base::fail(owner);
  const auto done =
      services.quotas.set_budget(*owner, wanted->amounts, wanted->version, wanted->dry_run);
  if (!done) {
    return refusal_response(done.error(), call.caller.request_id,
                            view(services.quotas.budget_of(*owner)));
  }
  return json_response(200, view(*done));
}

base::Task<Answer> show_department(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  co_return show(services, department_of(services, call));
}
base::Task<Answer> set_department(Services& services, Call call) {
  co_return set(services, call, department_of(services, call));
}
base::Task<Answer> show_project(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  co_return show(services, project_of(services, call));
}
base::Task<Answer> set_project(Services& services, Call call) {
  co_return set(services, call, project_of(services, call));
}

}  // namespace

Routes budgets_routes(Services& services) {
  const std::string department = "/api/v1/departments/{department}/budget";
  const std::string project = "/api/v1/projects/{project}/budget";
  return {
      plain_route(services, "GET", department, Needs::kLook, "", show_department),
      plain_route(services, "PUT", department, Needs::kAdminister, "budget.set", set_department),
      plain_route(services, "GET", project, Needs::kLook, "", show_project),
      plain_route(services, "PUT", project, Needs::kOrganise, "budget.set", set_project)};
}

}  // namespace slipway::http
