// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/encoding.hpp"
#include "controller/http/kube_resource.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/http/workload_acts.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using workloads::Action;

constexpr std::size_t kMaxObjects = 100;  ///< of one request for many
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxNamespace = 63;
constexpr std::size_t kMaxVersion = 64;
constexpr std::int64_t kMaxRevision = std::int64_t{1} << 40;

base::Result<const workloads::WorkloadKind*> kind_at(const std::string& plural) {
  if (const auto* kind = workloads::kind_named(plural)) return kind;
  std::string names;
  for (const auto& kind : workloads::workload_kinds()) {
    names += (names.empty() ? "" : ", ") + std::string(kind.plural);
  }
  return base::fail(
      ErrorCode::kNotFound,
      "there is no kind " + plural.substr(0, kMaxNamespace) + " here; there are " + names, "kind");
}

base::Result<WorkloadTarget> target_at(const Call& call, const std::string& kind,
                                       const std::string& name) {
  auto known = kind_at(kind);
  if (!known) return base::fail(known);
  const auto& name_space = call.argument("namespace");
  if (!clusters::is_dns_label(name_space, kMaxNamespace) || !is_object_name(name)) {
    return base::fail(ErrorCode::kNotFound, "no object can be called so", "name");
  }
  return WorkloadTarget{call.caller, call.argument("cluster"), *known, name_space, name};
}

/// What goes with an action, and with no other.
WorkloadOrder read_order(ObjectReader& in, Action action) {
  WorkloadOrder order{.action = action};
  if (action == Action::kScale) {
    order.replicas = static_cast<std::uint32_t>(in.number("replicas", 0, workloads::kMaxReplicas));
  }
  if (action == Action::kRollBack) {
    order.revision = static_cast<std::uint64_t>(in.number("revision", 1, kMaxRevision));
  }
  order.dry_run = in.flag("dryRun", false);
  return order;
}

base::Result<Action> action_at(const std::string& name, ErrorCode code) {
  if (const auto action = workloads::action_named(name)) return *action;
  return base::fail(code, "action is one of " + workloads::names_of_actions(), "action");
}

Answer answer_of(const std::expected<WorkloadDone, Problem>& done, const Caller& caller) {
  if (!done) return to_response(done.error(), caller.request_id);
  return json_response(done->status, done->view);
}

base::Task<Answer> act_on_one(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto target = target_at(call, call.argument("kind"), call.argument("name"));
  if (!target) co_return base::fail(target);
  const auto action = action_at(call.argument("action"), ErrorCode::kNotFound);
  if (!action) co_return base::fail(action);
  auto body = call.request.body.empty() ? base::Result<json::value>(json::object{})
                                        : parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto order = read_order(in, *action);
  order.resource_version = in.optional_text("resourceVersion", kMaxVersion);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  co_return answer_of(co_await act(services, std::move(*target), std::move(order)), call.caller);
}

base::Task<Answer> remove(Services& services, Call call, std::string kind, std::string name) {
  auto target = target_at(call, kind, name);
  if (!target) co_return base::fail(target);
  QueryReader query(call.query);
  WorkloadOrder order{.action = Action::kDelete};
  if (kind == "pods" && query.flag("force", false)) order.action = Action::kForceDelete;
  order.dry_run = query.flag("dryRun", false);
  order.resource_version = query.text("resourceVersion");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return answer_of(co_await act(services, std::move(*target), std::move(order)), call.caller);
}

base::Task<Answer> remove_workload(Services& services, Call call) {
  auto kind = call.argument("kind");
  auto name = call.argument("name");
  co_return co_await remove(services, std::move(call), std::move(kind), std::move(name));
}

base::Task<Answer> remove_pod(Services& services, Call call) {
  auto name = call.argument("pod");
  co_return co_await remove(services, std::move(call), "pods", std::move(name));
}

/// One of many: with its own place, rights and line in the audit log.
struct Member {
  WorkloadTarget target;
  WorkloadOrder order;
};

base::Result<Member> read_member(const json::value& value, std::size_t at, const Call& call,
                                 const WorkloadOrder& order) {
  ObjectReader in(value, "objects[" + std::to_string(at) + "]");
  Member one{.target = {.caller = call.caller, .cluster = call.argument("cluster")},
             .order = order};
  const auto plural = in.text("kind", kMaxNamespace);
  one.target.name_space = in.text("namespace", kMaxNamespace);
  one.target.name = in.text("name", kMaxName);
  one.order.resource_version = in.optional_text("resourceVersion", kMaxVersion);
  auto kind = kind_at(plural);
  if (kind) one.target.kind = *kind;
  if (!kind) in.refuse("kind", "must be one that can be acted on: " + kind.error().message);
  if (!clusters::is_dns_label(one.target.name_space, kMaxNamespace)) {
    in.refuse("namespace", "must be a DNS label");
  }
  if (!is_object_name(one.target.name)) in.refuse("name", "must be the name of an object");
  if (auto fault = in.fault()) return std::unexpected(std::move(*fault));
  return one;
}

base::Task<json::object> act_on_member(Services& services, const base::ClusterId& cluster,
                                       Member one) {
  const auto place = place_of(services, cluster, one.target.name_space);
  const auto may = access::decide(one.target.caller.rights, Needs::kWrite, true, &place);
  std::expected<WorkloadDone, Problem> done = std::unexpected(Problem{});
  if (may) {
    done = co_await act(services, one.target, one.order);
  } else {
    done = std::unexpected(problem_of(may.error()));
  }
  const auto action = workloads::name_of(one.order.action);
  audit_act(services, one.target, action, done ? nullptr : &done.error());
  co_return done ? std::move(done->view) : refused_view(one.target, action, done.error());
}

base::Task<Answer> act_on_many(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto action = action_at(in.text("action", kMaxNamespace), ErrorCode::kInvalid);
  if (!action) co_return base::fail(action);
  const auto order = read_order(in, *action);
  const auto& objects = in.list("objects", kMaxObjects);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  std::vector<Member> all;
  for (const auto& value : objects) {
    auto one = read_member(value, all.size(), call, order);
    if (!one) co_return base::fail(one);
    all.push_back(std::move(*one));
  }
  json::array outcomes;
  bool ok = true;
  for (auto& one : all) {
    auto outcome = co_await act_on_member(services, cluster->id, std::move(one));
    ok = ok && outcome.at("ok").as_bool();
    outcomes.push_back(std::move(outcome));
  }
  co_return json_response(200, json::object{{"ok", ok}, {"objects", std::move(outcomes)}});
}

json::object view(const workloads::Revision& revision, const json::value& present) {
  json::object out{{"revision", revision.number},
                   {"present", revision.present},
                   {"images", list_view(revision.images)}};
  put_text(out, "createdAt", revision.created);
  put_text(out, "cause", revision.cause);
  out["changes"] = changes_view(present, revision.pod_template);
  return out;
}

base::Task<Answer> list_revisions(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto target = target_at(call, call.argument("kind"), call.argument("name"));
  if (!target) co_return base::fail(target);
  if (target->kind->group != "apps") {
    co_return base::fail(ErrorCode::kNotFound,
                         "only Deployments, StatefulSets and DaemonSets have revisions", "kind");
  }
  auto history = co_await read_history(services, std::move(*target));
  if (!history) co_return base::fail(history);
  const json::value present = workloads::present_template(history->object);
  json::array items;
  for (const auto& revision : history->revisions) items.push_back(view(revision, present));
  co_return json_response(200, json::object{{"items", std::move(items)}});
}

}  // namespace

Routes workloads_routes(Services& services) {
  const std::string cluster = "/api/v1/clusters/{cluster}";
  const std::string in = cluster + "/namespaces/{namespace}";
  const std::string one = in + "/workloads/{kind}/{name}";
  return {
      plain_route(services, "POST", cluster + "/workload-actions", Needs::kWrite,
                  "workload.act_on_many", act_on_many),
      plain_route(services, "POST", one + "/{action}", Needs::kWrite, "workload.act", act_on_one),
      plain_route(services, "GET", one + "/revisions", Needs::kRead, "", list_revisions),
      plain_route(services, "DELETE", one, Needs::kWrite, "workload.delete", remove_workload),
      plain_route(services, "DELETE", in + "/pods/{pod}", Needs::kWrite, "pod.delete", remove_pod)};
}

}  // namespace slipway::http
