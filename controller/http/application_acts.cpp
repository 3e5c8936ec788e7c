// SPDX-License-Identifier: Apache-2.0
#include "controller/http/application_acts.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/applications/composition.hpp"
#include "controller/http/application_rows.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/refusals.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::Task;
using workloads::Action;

constexpr std::size_t kMaxMembers = 500;
constexpr int kGone = 404;
constexpr int kWaits = 202;

/// The objects that the action is done to.
std::expected<std::vector<WorkloadTarget>, Problem> members_of(const Services& services,
                                                               const ApplicationTarget& target,
                                                               const ApplicationOrder& order) {
  std::vector<WorkloadTarget> members;
  const bool removes = order.action == Action::kDelete;
  if (removes && !order.with_workloads) return members;
  const auto& cluster = target.cluster.id;
  if (auto watched = are_watched(services.mirror, cluster); !watched) {
    return std::unexpected(problem_of(watched.error()));
  }
  const auto holdings = holdings_of(services.mirror, cluster, target.name_space);
  const auto parts = compose(holdings, selections_of(holdings))[target.name];
  if (auto why = refusal_of(order.action, target.name, state_of(parts))) {
    return std::unexpected(problem_of(*why));
  }
  const auto add = [&](const applications::Held* one) {
    members.push_back(
        {target.caller, cluster.value, one->kind, target.name_space, one->row.meta().name()});
  };
  std::ranges::for_each(parts.workloads, add);
  if (removes) std::ranges::for_each(parts.jobs, add);
  if (members.size() <= kMaxMembers) return members;
  return std::unexpected(problem_of(base::Error{
      base::ErrorCode::kExhausted,
      "application " + target.name + " has " + std::to_string(members.size()) +
          " workloads, of which one request takes 500: act on some of them by themselves first",
      "name"}));
}

/// Nothing had to be done.
json::object unchanged_view(const WorkloadTarget& target, std::string_view action,
                            const std::string& why) {
  auto out = refused_view(target, action, {.status = 200, .detail = why});
  out["ok"] = true;
  out["unchanged"] = true;
  return out;
}

Task<json::object> act_on_member(Services& services, WorkloadTarget member,
                                 const std::string& application, const ApplicationOrder& order) {
  const auto done =
      co_await act(services, member,
                   {.action = order.action, .dry_run = order.dry_run, .application = application});
  const auto action = workloads::name_of(order.action);
  if (done) {
    audit_act(services, member, action, nullptr);
    co_return done->view;
  }
  const auto& why = done.error();
  const bool gone = order.action == Action::kDelete && why.status == kGone;
  if (gone || applications::is_no_obstacle(order.action, why.rule)) {
    co_return unchanged_view(member, action, why.detail);
  }
  audit_act(services, member, action, &why);
  co_return refused_view(member, action, why);
}

json::object own_view(const ApplicationTarget& target, const ApplicationOrder& order) {
  json::object out{{"kind", "Application"},
                   {"namespace", target.name_space},
                   {"name", target.name},
                   {"action", workloads::name_of(order.action)},
                   {"ok", true},
                   {"status", 200}};
  if (order.dry_run) out["dryRun"] = true;
  return out;
}

/// Deletes the application itself.
Task<json::object> remove_itself(Services& services, ApplicationTarget target,
                                 const ApplicationOrder& order) {
  auto out = own_view(target, order);
  auto outcome = co_await change_object(
      services, change_of(target, "delete"),
      [&](const json::object& object) {
        return applications::remove(object, order.resource_version);
      },
      order.dry_run);
  if (!outcome) {
    out["ok"] = false;
    out["status"] = outcome.error().status;
    out["message"] = outcome.error().detail;
    co_return out;
  }
  out["intent"] = outcome->id.value;
  if (outcome->state != intents::State::kDone) {
    out["status"] = kWaits;
    out["waiting"] = true;
  }
  co_return out;
}

}  // namespace

std::string application_path(const std::string& name_space, const std::string& name) {
  return object_path(kApplications, name_space, name);
}

ChangeTarget change_of(const ApplicationTarget& target, const std::string& verb) {
  return {target.caller,
          target.cluster.id,
          application_path(target.name_space, target.name),
          {},
          verb + " Application " + target.name + " in " + target.name_space};
}

Task<std::expected<json::object, Problem>> act_on_application(Services& services,
                                                              ApplicationTarget target,
                                                              ApplicationOrder order) {
  const auto there = co_await read_kube(services, target.caller, target.cluster.id.value,
                                        application_path(target.name_space, target.name));
  if (!there) co_return std::unexpected(problem_of(there.error()));
  // Before anything of it goes.
  const auto called = "application " + target.name;
  if (auto why = workloads::changed_since(*there, called, order.resource_version)) {
    co_return std::unexpected(problem_of(*why));
  }
  const auto members = members_of(services, target, order);
  if (!members) co_return std::unexpected(members.error());
  json::array objects;
  bool ok = true;
  for (const auto& member : *members) {
    auto outcome = co_await act_on_member(services, member, target.name, order);
    ok = ok && outcome.at("ok").as_bool();
    objects.push_back(std::move(outcome));
  }
  if (ok && order.action == Action::kDelete) {
    auto outcome = co_await remove_itself(services, target, order);
    ok = outcome.at("ok").as_bool();
    objects.push_back(std::move(outcome));
  }
  auto out = own_view(target, order);
  out["ok"] = ok;
  if (!ok) {
    out["message"] = order.action == Action::kDelete
                         ? "not all of it could be deleted: the application stays; see objects"
                         : "not all of its workloads took it: see objects";
  }
  out["objects"] = std::move(objects);
  co_return out;
}

Task<json::object> associate(Services& services, WorkloadTarget target,
                             applications::Association asked, bool dry_run) {
  const std::string action = asked.wanted ? "associate" : "dissociate";
  std::expected<intents::Outcome, Problem> outcome = std::unexpected(Problem{});
  if (auto path = co_await path_of(services, target)) {
    outcome = co_await change_object(
        services,
        {target.caller,
         {target.cluster},
         *path,
         target.name_space,
         action + " " + std::string(target.kind->kind) + " " + target.name + " in " +
             target.name_space},
        [&](const json::object& object) {
          return applications::associate(*target.kind, object, asked);
        },
        dry_run);
  } else {
    outcome = std::unexpected(problem_of(path.error()));
  }
  const bool same = !outcome && outcome.error().rule == applications::kSame;
  if (same) co_return unchanged_view(target, action, outcome.error().detail);
  audit_act(services, target, action, outcome ? nullptr : &outcome.error());
  if (!outcome) co_return refused_view(target, action, outcome.error());
  json::object out{{"kind", target.kind->kind},
                   {"namespace", target.name_space},
                   {"name", target.name},
                   {"action", action},
                   {"ok", true},
                   {"status", 200},
                   {"intent", outcome->id.value}};
  if (dry_run) out["dryRun"] = true;
  if (outcome->state != intents::State::kDone) {
    out["status"] = kWaits;
    out["waiting"] = true;
  }
  co_return out;
}

}  // namespace slipway::http
