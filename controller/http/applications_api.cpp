// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/application_acts.hpp"
#include "controller/http/application_rows.hpp"
#include "controller/http/application_views.hpp"
#include "controller/http/audit_lines.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/mirror_views.hpp"
#include "controller/http/object_writes.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using workloads::Action;

constexpr std::size_t kMaxApplications = 50;  ///< of one request for many
constexpr std::size_t kMaxWorkloads = 100;    ///< of one association
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;  ///< an application's name is a label's value
constexpr std::size_t kMaxDescription = 1024;
constexpr std::size_t kMaxVersion = 64;
constexpr std::size_t kMaxTexts = 64;
constexpr std::size_t kMaxTextBytes = 4096;  ///< of an annotation

base::Result<ApplicationTarget> target_at(const Services& services, const Call& call) {
  const auto& name_space = call.argument("namespace");
  const auto& name = call.argument("application");
  if (!clusters::is_dns_label(name_space, kMaxLabel) || !is_object_name(name)) {
    return base::fail(ErrorCode::kNotFound, "no application can be called so", "application");
  }
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  return ApplicationTarget{call.caller, std::move(*cluster), name_space, name};
}

std::map<std::string, std::string> read_texts(ObjectReader& in, const std::string& name) {
  std::map<std::string, std::string> texts;
  const auto* value = in.optional_object(name);
  if (value == nullptr) return texts;
  ObjectReader inner(*value, in.at(name));
  for (const auto& [key, text] : value->get_object()) {
    texts[std::string(key)] = inner.optional_text(std::string(key), kMaxTextBytes);
  }
  in.take(inner.fault());
  if (texts.size() > kMaxTexts) in.refuse(name, "has more than " + std::to_string(kMaxTexts));
  return texts;
}

base::Task<Answer> create(Services& services, Call call) {
  QueryReader query(call.query);
  const bool dry_run = query.flag("dryRun", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  applications::NewApplication wanted;
  wanted.name = in.text("name", kMaxLabel);
  wanted.description = in.optional_text("description", kMaxDescription);
  wanted.labels = read_texts(in, "labels");
  wanted.annotations = read_texts(in, "annotations");
  if (!clusters::is_dns_label(wanted.name, kMaxLabel)) {
    in.refuse("name", "must be a DNS label: a-z, 0-9 and -, at most 63 characters");
  }
  const auto own = wanted.labels.find(applications::kApplicationLabel);
  if (own != wanted.labels.end() && own->second != wanted.name) {
    in.refuse("labels", std::string("may have ") + applications::kApplicationLabel +
                            " with the application's name alone");
  }
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  call.path["application"] = wanted.name;
  const auto target = target_at(services, call);
  if (!target) co_return base::fail(target);
  ObjectWrite write{.place = {.caller = call.caller,
                              .cluster = target->cluster.id.value,
                              .resource = kApplications,
                              .name_space = target->name_space,
                              .name = target->name},
                    .object = {.api_version = kApplications.api_version,
                               .kind = kApplications.kind,
                               .name = target->name,
                               .pod_namespace = target->name_space,
                               .body = applications::object_of(wanted)},
                    .dry_run = dry_run};
  auto made = co_await write_object(services, std::move(write));
  if (!made) co_return to_response(made.error(), call.caller.request_id);
  if (made->status == 201) made->headers.set("Location", call.request.target + "/" + target->name);
  co_return std::move(*made);
}

base::Task<Answer> show(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  const auto target = target_at(services, call);
  if (!target) co_return base::fail(target);
  const auto& cluster = target->cluster.id;
  auto row = services.mirror.find(cluster, "applications", target->name_space, target->name);
  if (!row) {
    co_return base::fail(ErrorCode::kNotFound,
                         "no application " + target->name + " in namespace " + target->name_space,
                         "application");
  }
  const auto holdings = holdings_of(services.mirror, cluster, target->name_space);
  const auto selections = selections_of(holdings);
  const auto parts = compose(holdings, selections)[target->name];
  complete(*row, parts);
  auto out = view(*row);
  out["resourceVersion"] = row->meta().resource_version();
  put_parts(out, parts, selections);
  put_freshness(out, services.mirror.freshness(cluster, "applications"));
  co_return json_response(200, out);
}

base::Task<Answer> edit(Services& services, Call call) {
  QueryReader query(call.query);
  const bool dry_run = query.flag("dryRun", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto description = in.optional_text("description", kMaxDescription);
  const auto seen = in.optional_text("resourceVersion", kMaxVersion);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  const auto target = target_at(services, call);
  if (!target) co_return base::fail(target);
  const auto outcome = co_await change_object(
      services, change_of(*target, "describe"),
      [&](const json::object& object) { return applications::describe(object, description, seen); },
      dry_run);
  if (!outcome) co_return to_response(outcome.error(), call.caller.request_id);
  co_return answer_of(kApplications, *outcome, 200);
}

/// What becomes of the workloads must be said: neither answer is a good guess.
template <class Reader>
bool read_fate(Reader& in, const std::string& fate) {
  if (fate != "keep" && fate != "delete") {
    in.refuse("workloads", "says what becomes of the application's workloads: keep or delete");
  }
  return fate == "delete";
}

base::Task<Answer> remove(Services& services, Call call) {
  QueryReader query(call.query);
  ApplicationOrder order{.action = Action::kDelete};
  order.with_workloads = read_fate(query, query.text("workloads"));
  order.dry_run = query.flag("dryRun", false);
  order.resource_version = query.text("resourceVersion");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto target = target_at(services, call);
  if (!target) co_return base::fail(target);
  const auto done = co_await act_on_application(services, std::move(*target), std::move(order));
  if (!done) co_return to_response(done.error(), call.caller.request_id);
  co_return json_response(200, *done);
}

/// Workloads that are put into an application or taken out.
struct Associations {
  applications::Association asked;
  std::vector<WorkloadTarget> workloads;
  std::vector<std::string> seen;  ///< of each
  bool dry_run = false;
};

base::Result<Associations> read_associations(const Call& call, const ApplicationTarget& target) {
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  Associations all{.asked = {.application = target.name}};
  const auto action = in.text("action", kMaxLabel);
  if (action != "associate" && action != "dissociate") {
    in.refuse("action", "is associate or dissociate");
  }
  all.asked.wanted = action == "associate";
  all.asked.move = in.flag("move", false);
  all.dry_run = in.flag("dryRun", false);
  const auto& objects = in.list("objects", kMaxWorkloads);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  for (const auto& value : objects) {
    ObjectReader one(value, "objects[" + std::to_string(all.workloads.size()) + "]");
    const auto plural = one.text("kind", kMaxLabel);
    WorkloadTarget workload{.caller = call.caller,
                            .cluster = target.cluster.id.value,
                            .kind = workloads::kind_named(plural),
                            .name_space = target.name_space,
                            .name = one.text("name", kMaxName)};
    if (workload.kind == nullptr || plural == "pods") {
      one.refuse("kind", "is deployments, statefulsets, daemonsets, jobs or cronjobs");
    }
    if (!is_object_name(workload.name)) one.refuse("name", "must be the name of an object");
    all.seen.push_back(one.optional_text("resourceVersion", kMaxVersion));
    if (auto fault = one.fault()) return std::unexpected(std::move(*fault));
    all.workloads.push_back(std::move(workload));
  }
  return all;
}

base::Task<Answer> associate_many(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  const auto target = target_at(services, call);
  if (!target) co_return base::fail(target);
  auto all = read_associations(call, *target);
  if (!all) co_return base::fail(all);
  if (all->asked.wanted) {  // a label that leads nowhere would help nobody
    const auto there = co_await read_kube(services, call.caller, target->cluster.id.value,
                                          application_path(target->name_space, target->name));
    if (!there) co_return base::fail(there);
  }
  json::array objects;
  bool ok = true;
  for (std::size_t i = 0; i < all->workloads.size(); ++i) {
    auto asked = all->asked;
    asked.seen = all->seen[i];
    auto outcome = co_await associate(services, all->workloads[i], std::move(asked), all->dry_run);
    ok = ok && outcome.at("ok").as_bool();
    objects.push_back(std::move(outcome));
  }
  co_return json_response(200, json::object{{"ok", ok}, {"objects", std::move(objects)}});
}

/// One of many applications: with its own place, rights and line in the audit log.
base::Result<ApplicationTarget> read_application(const json::value& value, std::size_t at,
                                                 const Caller& caller,
                                                 const clusters::ClusterName& cluster) {
  ObjectReader in(value, "applications[" + std::to_string(at) + "]");
  ApplicationTarget one{caller, cluster, in.text("namespace", kMaxLabel),
                        in.text("name", kMaxName)};
  if (!clusters::is_dns_label(one.name_space, kMaxLabel)) {
    in.refuse("namespace", "must be a DNS label");
  }
  if (!is_object_name(one.name)) in.refuse("name", "must be the name of an object");
  if (auto fault = in.fault()) return std::unexpected(std::move(*fault));
  return one;
}

json::object refused_view(const ApplicationTarget& one, std::string_view action,
                          const Problem& why) {
  constexpr workloads::WorkloadKind kItself{"applications", "Application", "app.k8s.io"};
  auto out = refused_view(
      WorkloadTarget{one.caller, one.cluster.id.value, &kItself, one.name_space, one.name}, action,
      why);
  out["objects"] = json::array{};
  return out;
}

base::Task<json::object> act_on_one_of_many(Services& services, ApplicationTarget one,
                                            const ApplicationOrder& order) {
  const auto place = place_of(services, one.cluster.id, one.name_space);
  const auto may = access::decide(one.caller.rights, Needs::kWrite, true, &place);
  std::expected<json::object, Problem> done = std::unexpected(Problem{});
  if (may) {
    done = co_await act_on_application(services, one, order);
  } else {
    done = std::unexpected(problem_of(may.error()));
  }
  const std::string action(workloads::name_of(order.action));
  const bool ok = done && done->at("ok").as_bool();
  services.audit.record(
      by(one.caller, {.action = "application." + action,
                      .object = "clusters/" + one.cluster.id.value + "/namespaces/" +
                                one.name_space + "/applications/" + one.name,
                      .outcome = ok     ? "ok"
                                 : done ? "incomplete"
                                        : done.error().code,
                      .detail = done ? "" : done.error().detail,
                      .cluster = one.cluster.name,
                      .name_space = one.name_space}));
  co_return done ? std::move(*done) : refused_view(one, action, done.error());
}

base::Result<Action> action_named(const std::string& name) {
  std::string known;
  for (const auto action : applications::kApplicationActions) {
    if (workloads::name_of(action) == name) return action;
    known += (known.empty() ? "" : ", ") + std::string(workloads::name_of(action));
  }
  return base::fail(ErrorCode::kInvalid, "action is one of " + known, "action");
}

base::Task<Answer> act_on_many(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto action = action_named(in.text("action", kMaxLabel));
  if (!action) co_return base::fail(action);
  ApplicationOrder order{.action = *action};
  if (*action == Action::kDelete) {
    order.with_workloads = read_fate(in, in.optional_text("workloads", kMaxLabel));
  }
  order.dry_run = in.flag("dryRun", false);
  const auto& objects = in.list("applications", kMaxApplications);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  std::vector<ApplicationTarget> all;
  for (const auto& value : objects) {
    auto one = read_application(value, all.size(), call.caller, *cluster);
    if (!one) co_return base::fail(one);
    all.push_back(std::move(*one));
  }
  json::array outcomes;
  bool ok = true;
  for (auto& one : all) {
    auto outcome = co_await act_on_one_of_many(services, std::move(one), order);
    ok = ok && outcome.at("ok").as_bool();
    outcomes.push_back(std::move(outcome));
  }
  co_return json_response(200, json::object{{"ok", ok}, {"applications", std::move(outcomes)}});
}

}  // namespace

Routes applications_routes(Services& services) {
  const std::string all = "/api/v1/clusters/{cluster}/namespaces/{namespace}/applications";
  const std::string one = all + "/{application}";
  return {plain_route(services, "POST", all, Needs::kWrite, "application.create", create),
          plain_route(services, "GET", one, Needs::kRead, "", show),
          plain_route(services, "PUT", one, Needs::kWrite, "application.change", edit),
          plain_route(services, "DELETE", one, Needs::kWrite, "application.delete", remove),
          plain_route(services, "POST", one + "/associations", Needs::kWrite,
                      "application.associate", associate_many),
          plain_route(services, "POST", "/api/v1/clusters/{cluster}/application-actions",
                      Needs::kWrite, "application.act_on_many", act_on_many)};
}

}  // namespace slipway::http
