// SPDX-License-Identifier: Apache-2.0
// What was asked of a cluster, also what waits for one that is out of reach.
#include <boost/json.hpp>
#include <charconv>

#include "controller/http/encoding.hpp"
#include "controller/http/intent_views.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/manifest_undo.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "protocol/base/letter_case.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::int64_t kMostListed = 100;

bool sees_all(const Caller& caller) {
  return access::decide(caller.rights, Needs::kAdminister, false).has_value();
}

boost::json::object listed_view(const Services& services, const intents::Outcome& outcome) {
  auto out = view(outcome);
  if (outcome.state == intents::State::kCancelled) out["state"] = "cancelled";
  out["summary"] = outcome.summary;
  out["accepted"] = base::to_rfc3339(outcome.accepted);
  if (outcome.state != intents::State::kPending) {
    out["finished"] = base::to_rfc3339(outcome.finished);
  }
  out["delivered"] = outcome.delivered;
  const auto user = services.accounts.users().find({outcome.asked_by});
  if (user) out["by"] = user->name;
  return out;
}

/// The cluster, for whom intents are shown: what was asked says nothing of projects, so that a
/// token that is limited to one has none.
Result<clusters::ClusterName> cluster_of(const Services& services, const Call& call) {
  if (!call.caller.rights.scope.project.value.empty()) {
    return base::fail(ErrorCode::kDenied, "a token that is limited to a project sees no intents");
  }
  return visible_cluster(services, call.caller, call.argument("cluster"));
}

/// One of the cluster's that is the caller's own; to others but administrators it is not there.
Result<intents::Outcome> own_intent(const Services& services, const Call& call) {
  auto cluster = cluster_of(services, call);
  if (!cluster) return base::fail(cluster);
  auto outcome = services.intents.find({call.argument("intent")});
  const bool own = outcome && outcome->cluster == cluster->id &&
                   (sees_all(call.caller) || outcome->asked_by == call.caller.user.id.value);
  if (!own) return base::fail(ErrorCode::kNotFound, "there is no such intent", "intent");
  return outcome;
}

Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  intents::Wanted wanted;
  wanted.limit = static_cast<std::size_t>(query.number("limit", kMostListed, 1, kMostListed));
  wanted.only_pending = query.flag("waiting", false);
  wanted.search = base::lower_case(query.text("search"));
  if (query.has("cursor")) wanted.before = query.number("cursor", 0, 1);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = cluster_of(services, call);
  if (!cluster) co_return base::fail(cluster);
  if (!sees_all(call.caller)) wanted.asked_by = call.caller.user.id.value;
  const auto limit = wanted.limit++;  // one more says whether there are more
  auto found = services.intents.newest(cluster->id, wanted);
  boost::json::object body;
  if (found.size() > limit) {
    found.pop_back();
    body["nextCursor"] = std::to_string(found.back().sequence);
  }
  boost::json::array items;
  for (const auto& outcome : found) {
    auto item = listed_view(services, outcome);
    item.erase("objects");  // one is read for them
    items.push_back(std::move(item));
  }
  body["items"] = std::move(items);
  co_return json_response(200, body);
}

Task<Answer> read(Services& services, Call call) {
  auto outcome = own_intent(services, call);
  if (!outcome) co_return base::fail(outcome);
  co_return json_response(200, listed_view(services, *outcome));
}

Task<Answer> cancel(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto outcome = own_intent(services, call);
  if (!outcome) co_return base::fail(outcome);
  auto cancelled = services.intents.cancel(outcome->id);
  if (!cancelled) co_return base::fail(cancelled);
  outcome = services.intents.find(outcome->id);
  if (!outcome) co_return base::fail(outcome);
  co_return json_response(200, listed_view(services, *outcome));
}

/// What was asked, as the caller would ask it today; nothing where it cannot be asked again.
Result<wire::Intent> again(const Services& services, const Caller& caller,
                           const intents::Outcome& outcome) {
  if (outcome.state == intents::State::kPending) {
    return base::fail(ErrorCode::kConflict,
                      "it waits: the cluster gets it by itself as soon as it is within reach",
                      "intent");
  }
  if (outcome.state == intents::State::kDone && view(outcome).at("state") == "done") {
    return base::fail(ErrorCode::kConflict, "it is done", "intent");
  }
  auto intent = services.intents.intent(outcome.id);
  if (!intent) return intent;
  if (outcome.asked_by.empty()) {
    return base::fail(ErrorCode::kConflict,
                      "it was the controller's own, which asks again by itself", "intent");
  }
  if (intent->has_tenant()) {
    *intent->mutable_tenant()->mutable_who() = identity_of(caller, outcome.cluster.value);
  }
  intent->clear_id();
  intent->clear_repeated();
  intent->set_asked_by(caller.user.id.value);
  return intent;
}

Task<Answer> retry(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto outcome = own_intent(services, call);
  if (!outcome) co_return base::fail(outcome);
  auto intent = again(services, call.caller, *outcome);
  if (!intent) co_return base::fail(intent);
  if (!intent->has_tenant()) {
    const auto may = access::decide(call.caller.rights, Needs::kAdminister, true);
    if (!may) co_return base::fail(may);
  }
  auto done = co_await services.intents.submit(outcome->cluster, std::move(*intent), kIntentWait);
  if (!done) co_return base::fail(done);
  co_return json_response(done->state == intents::State::kDone ? 200 : 202,
                          listed_view(services, *done));
}

Task<Answer> undo(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto outcome = own_intent(services, call);
  if (!outcome) co_return base::fail(outcome);
  auto undone = co_await undo_manifest(services, call.caller, std::move(*outcome));
  if (!undone) co_return base::fail(undone);
  co_return json_response(200, *undone);
}

}  // namespace

Routes intents_routes(Services& services) {
  const std::string all = "/api/v1/clusters/{cluster}/intents";
  const auto one = all + "/{intent}";
  return {plain_route(services, "GET", all, Needs::kLook, "", list),
          plain_route(services, "GET", one, Needs::kLook, "", read),
          plain_route(services, "DELETE", one, Needs::kWrite, "intent.cancel", cancel),
          without_body(
              plain_route(services, "POST", one + "/retry", Needs::kWrite, "intent.retry", retry)),
          without_body(
              plain_route(services, "POST", one + "/undo", Needs::kWrite, "intent.undo", undo))};
}

}  // namespace slipway::http
