// SPDX-License-Identifier: Apache-2.0
#include "controller/http/application_views.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/applications/application_rules.hpp"
#include "controller/http/encoding.hpp"
#include "controller/http/object_views.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using applications::Held;

bool leads_to(const wire::IngressRow& ingress, const std::string& service) {
  return std::ranges::any_of(ingress.paths(),
                             [&](const auto& path) { return path.service() == service; });
}

json::object named(const Held& of) {
  return {{"kind", of.kind->kind}, {"name", of.row.meta().name()}};
}

json::object workload_view(const Held& of, const applications::Selections& selections) {
  auto out = named(of);
  put_time(out, "createdAt", of.row.meta().created_utc_ms());
  const auto& row = of.row.workload();
  out["status"] = workloads::name_of(workloads::state_of(row));
  out["images"] = list_view(row.images());
  out["desired"] = row.desired();
  out["ready"] = row.ready();
  put_text(out, "condition", row.condition());
  json::array services;
  for (const auto& [service, selected] : selections) {
    if (std::ranges::find(selected, &of) != selected.end()) services.emplace_back(service);
  }
  out["services"] = std::move(services);
  return out;
}

json::object job_view(const Held& of) {
  auto out = named(of);
  put_time(out, "createdAt", of.row.meta().created_utc_ms());
  if (of.row.has_cron_job()) {
    out["status"] = of.row.cron_job().suspended() ? "suspended" : "running";
    out["images"] = list_view(of.row.cron_job().images());
  } else {
    out["status"] = workloads::name_of(of.row.job().status());
    out["images"] = list_view(of.row.job().images());
  }
  return out;
}

/// What it selects may be of other applications too.
json::object service_view(const wire::MirrorRow& service, const std::vector<const Held*>& selected,
                          const applications::Application& of) {
  json::object out{{"name", service.meta().name()}};
  put(out, service.service());
  json::array selects;
  for (const auto* one : selected) {
    auto view = named(*one);
    put_text(view, "application", applications::application_of(one->row));
    selects.push_back(std::move(view));
  }
  out["selects"] = std::move(selects);
  json::array ingresses;
  for (const auto* ingress : of.ingresses) {
    if (leads_to(ingress->ingress(), service.meta().name())) {
      ingresses.emplace_back(ingress->meta().name());
    }
  }
  out["ingresses"] = std::move(ingresses);
  return out;
}

json::object ingress_view(const wire::MirrorRow& ingress) {
  json::object out{{"name", ingress.meta().name()}};
  put(out, ingress.ingress());
  return out;
}

}  // namespace

json::object actions_view(const std::string& name, applications::ApplicationState state) {
  json::object out;
  for (const auto action : applications::kApplicationActions) {
    const auto why = applications::refusal_of(action, name, state);
    json::object one{{"allowed", !why}};
    if (why) {
      one["rule"] = why->rule;
      one["reason"] = why->message;
    }
    out[workloads::name_of(action)] = std::move(one);
  }
  return out;
}

void put_parts(json::object& out, const applications::Application& parts,
               const applications::Selections& selections) {
  json::array workloads;
  for (const auto* one : parts.workloads) workloads.push_back(workload_view(*one, selections));
  out["workloads"] = std::move(workloads);
  json::array jobs;
  for (const auto* one : parts.jobs) jobs.push_back(job_view(*one));
  out["jobs"] = std::move(jobs);
  json::array services;
  for (const auto* one : parts.services) {
    services.push_back(service_view(*one, selections.at(one->meta().name()), parts));
  }
  out["services"] = std::move(services);
  json::array ingresses;
  for (const auto* one : parts.ingresses) ingresses.push_back(ingress_view(*one));
  out["ingresses"] = std::move(ingresses);
}

}  // namespace slipway::http
