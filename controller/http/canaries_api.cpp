// SPDX-License-Identifier: Apache-2.0
// Grey releases: a Deployment's canary is started, watched, promoted or withdrawn. What is known of
// one stands in the objects themselves (controller/workloads/canary).
#include <algorithm>
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/encoding.hpp"
#include "controller/http/intent_views.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/object_change.hpp"
#include "controller/http/object_writes.hpp"
#include "controller/http/places.hpp"
#include "controller/http/refusals.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/http/workload_acts.hpp"
#include "controller/workloads/canary.hpp"
#include "controller/workloads/object_reading.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;
using workloads::member;
using workloads::number_of;
using workloads::text_of;

constexpr std::int64_t kMaxCanaryReplicas = 100;
constexpr std::size_t kMaxVersion = 64;
constexpr int kTries = 4;
constexpr int kConflict = 409;
constexpr std::size_t kMaxImage = 512;
constexpr std::size_t kMaxNamespace = 63;

/// A Deployment and its canary, as the API server has them.
struct Pair {
  clusters::ClusterName cluster;
  std::string name_space;
  std::string name;
  json::object deployment;
  std::optional<json::object> canary;
};

std::string path_of(const std::string& name_space, const std::string& name) {
  return "apis/apps/v1/namespaces/" + name_space + "/deployments/" + name;
}

Task<Result<Pair>> read_pair(Services& services, const Call& call) {
  Pair pair{.name_space = call.argument("namespace"), .name = call.argument("deployment")};
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  pair.cluster = *cluster;
  if (!clusters::is_dns_label(pair.name_space, kMaxNamespace) || !is_object_name(pair.name)) {
    co_return base::fail(ErrorCode::kNotFound, "no object can be called so", "deployment");
  }
  auto deployment = co_await read_kube(services, call.caller, cluster->id.value,
                                       path_of(pair.name_space, pair.name));
  if (!deployment) co_return base::fail(deployment);
  pair.deployment = std::move(*deployment);
  auto canary = co_await read_kube(services, call.caller, cluster->id.value,
                                   path_of(pair.name_space, workloads::canary_name(pair.name)));
  if (canary) {
    const auto of = text_of(member(*canary, "metadata"), "labels", workloads::kCanaryOf);
    if (of == pair.name) pair.canary = std::move(*canary);
  } else if (canary.error().code != ErrorCode::kNotFound) {
    co_return base::fail(canary);
  }
  co_return pair;
}

base::Error no_canary(const Pair& pair) {
  return {ErrorCode::kNotFound, "Deployment " + pair.name + " has no canary: start one first",
          "deployment"};
}

json::object side_view(const json::object& object) {
  const auto& spec = member(object, "spec");
  const auto& status = member(object, "status");
  json::array images;
  const auto* containers = member(member(spec, "template"), "spec").if_contains("containers");
  if (containers != nullptr && containers->is_array()) {
    for (const auto& one : containers->get_array()) {
      if (one.is_object())
        images.push_back(json::value(workloads::text_in(one.get_object(), "image")));
    }
  }
  return {{"name", text_of(object, "metadata", "name")},
          {"resourceVersion", text_of(object, "metadata", "resourceVersion")},
          {"desired", number_of(spec, "replicas", 1)},
          {"ready", number_of(status, "readyReplicas", 0)},
          {"updated", number_of(status, "updatedReplicas", 0)},
          {"available", number_of(status, "availableReplicas", 0)},
          {"images", std::move(images)}};
}

/// The Services of which pods with the template's labels are, as the mirror knows them.
json::array services_of(const Services& services, const Pair& pair, const json::object& object) {
  const auto& labels =
      member(member(member(member(object, "spec"), "template"), "metadata"), "labels");
  mirror::Query query;
  query.kind = "services";
  query.name_space = pair.name_space;
  query.limit = kMaxPage;
  query.where = [&](const wire::MirrorRow& row) {
    const auto& selector = row.service().selector();
    return !selector.empty() && std::ranges::all_of(selector, [&](const auto& term) {
      const auto* value = labels.if_contains(term.first);
      return value != nullptr && value->is_string() && value->get_string() == term.second;
    });
  };
  json::array names;
  const auto page = services.mirror.list(pair.cluster.id, query);
  if (!page) return names;
  for (const auto& row : page->rows) names.push_back(json::value(row.meta().name()));
  return names;
}

json::object pair_view(const Services& services, const Pair& pair) {
  json::object out{{"deployment", side_view(pair.deployment)}};
  if (!pair.canary) {
    out["phase"] = "none";
    return out;
  }
  const auto phase = text_of(member(*pair.canary, "metadata"), "labels", workloads::kCanaryPhase);
  out["phase"] = phase == workloads::kPromoting ? "promoting" : "running";
  out["canary"] = side_view(*pair.canary);
  out["services"] = services_of(services, pair, *pair.canary);
  out["changes"] = changes_view(workloads::present_template(pair.deployment),
                                workloads::promoted_template(*pair.canary));
  out["promotion"] = permission_view(workloads::promote(pair.deployment, *pair.canary));
  return out;
}

Task<Answer> show(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto pair = co_await read_pair(services, call);
  if (!pair) co_return base::fail(pair);
  co_return json_response(200, pair_view(services, *pair));
}

struct StartOrder {
  workloads::CanaryAsked asked;
  bool dry_run = false;
};

Result<StartOrder> read_start(const Call& call) {
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  StartOrder order;
  order.asked.replicas =
      static_cast<std::uint32_t>(in.number("replicas", 1, 1, kMaxCanaryReplicas));
  order.asked.resource_version = in.optional_text("resourceVersion", kMaxVersion);
  order.dry_run = in.flag("dryRun", false);
  if (const auto* whole = in.optional_object("template")) {
    order.asked.pod_template = whole->get_object();
  }
  if (const auto* images = in.optional_object("images")) {
    ObjectReader inner(*images, "images");
    for (const auto& [key, image] : images->get_object()) {
      const std::string name(key);
      order.asked.images.emplace(name, inner.text(name, kMaxImage));
    }
    in.take(inner.fault());
  }
  if (auto fault = in.fault()) return std::unexpected(*fault);
  return order;
}

Task<Answer> start(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto order = read_start(call);
  if (!order) co_return base::fail(order);
  auto pair = co_await read_pair(services, call);
  if (!pair) co_return base::fail(pair);
  const auto& id = call.caller.request_id;
  if (pair->canary) {
    auto problem = problem_of(base::Error{
        ErrorCode::kConflict,
        "Deployment " + pair->name + " has a canary already: change, promote or withdraw it",
        "deployment"});
    problem.rule = "canary";
    co_return to_response(problem, id);
  }
  order->asked.single_node_claims =
      single_node_claims(services, pair->cluster.id, pair->name_space, pair->deployment);
  auto canary = workloads::canary_of(pair->deployment, order->asked);
  if (!canary) co_return to_response(problem_of(canary.error()), id);
  const auto name = workloads::canary_name(pair->name);
  ObjectWrite write{.what = ObjectWrite::What::kCreate,
                    .place = {.caller = call.caller,
                              .cluster = pair->cluster.id.value,
                              .resource = {.api_version = "apps/v1",
                                           .plural = "deployments",
                                           .kind = "Deployment"},
                              .name_space = pair->name_space,
                              .name = name},
                    .object = {.api_version = "apps/v1",
                               .kind = "Deployment",
                               .name = name,
                               .pod_namespace = pair->name_space,
                               .body = *canary},
                    .dry_run = order->dry_run};
  auto made = co_await write_object(services, std::move(write));
  if (!made) co_return to_response(made.error(), id);
  if (made->status == 202) co_return std::move(*made);
  pair->canary = std::move(*canary);
  co_return json_response(made->status, pair_view(services, *pair));
}

/// Sends one change and waits for it; what it was answered, or why it was not done.
Task<std::expected<intents::Outcome, Problem>> send(Services& services, const Call& call,
                                                    const Pair& pair, const std::string& name,
                                                    workloads::Change change, std::string what) {
  auto outcome = co_await services.intents.submit(
      pair.cluster.id,
      change_intent({.caller = call.caller,
                     .cluster = pair.cluster.id,
                     .path = path_of(pair.name_space, name),
                     .name_space = pair.name_space,
                     .summary = what + " Deployment " + name + " in " + pair.name_space},
                    change, false),
      kIntentWait);
  if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
  if (outcome->state == intents::State::kDone && !outcome->answer.ok()) {
    co_return std::unexpected(problem_of(refusal_of(outcome->answer)));
  }
  co_return std::move(*outcome);
}

/// First the Deployment's change, then the mark: who sees the mark has seen the change. Each is for
/// the version that was read.
Task<std::expected<net::HttpResponse, Problem>> promote_once(Services& services, const Call& call,
                                                             bool by_force) {
  auto pair = co_await read_pair(services, call);
  if (!pair) co_return std::unexpected(problem_of(pair.error()));
  if (!pair->canary) co_return std::unexpected(problem_of(no_canary(*pair)));
  auto change = workloads::promote(pair->deployment, *pair->canary, by_force);
  if (!change) co_return std::unexpected(problem_of(change.error()));
  if (*change) {
    auto done = co_await send(services, call, *pair, pair->name, std::move(**change), "promote to");
    if (!done) co_return std::unexpected(done.error());
    if (done->state != intents::State::kDone) co_return json_response(202, view(*done));
  }
  const auto canary = workloads::canary_name(pair->name);
  auto marked = co_await send(services, call, *pair, canary,
                              workloads::mark_promoting(*pair->canary), "promote");
  if (!marked) co_return std::unexpected(marked.error());
  if (marked->state != intents::State::kDone) co_return json_response(202, view(*marked));
  auto after = co_await read_pair(services, call);
  if (!after) co_return std::unexpected(problem_of(after.error()));
  co_return json_response(200, pair_view(services, *after));
}

/// What changed between a look and a write, be it by a status, is looked at and judged anew.
Task<Answer> promote(Services& services, Call call) {
  QueryReader query(call.query);
  const bool by_force = query.flag("force", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  for (int tried = 1;; ++tried) {
    auto done = co_await promote_once(services, call, by_force);
    if (done) co_return std::move(*done);
    const bool moved = done.error().status == kConflict && done.error().rule.empty();
    if (!moved || tried == kTries) co_return to_response(done.error(), call.caller.request_id);
  }
}

Task<Answer> withdraw(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto pair = co_await read_pair(services, call);
  if (!pair) co_return base::fail(pair);
  if (!pair->canary) co_return std::unexpected(no_canary(*pair));
  auto done = co_await send(services, call, *pair, workloads::canary_name(pair->name),
                            workloads::deletion(*pair->canary), "withdraw");
  if (!done) co_return to_response(done.error(), call.caller.request_id);
  co_return json_response(done->state == intents::State::kDone ? 200 : 202, view(*done));
}

}  // namespace

Routes canaries_routes(Services& services) {
  const std::string one = "/api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}";
  Routes all{plain_route(services, "GET", one, Needs::kRead, "", show),
             plain_route(services, "POST", one, Needs::kWrite, "canary.start", start),
             plain_route(services, "DELETE", one, Needs::kWrite, "canary.withdraw", withdraw),
             without_body(plain_route(services, "POST", one + "/promote", Needs::kWrite,
                                      "canary.promote", promote))};
  all[1].max_body_bytes = kMaxManifestBytes;
  return all;
}

}  // namespace slipway::http
