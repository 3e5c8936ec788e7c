// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/http/kube_asking.hpp"
#include "controller/http/namespace_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/quota_enforcement.hpp"
#include "controller/http/quota_views.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

/// The namespace of the path, as the mirror shows it.
struct Found {
  clusters::ClusterName cluster;
  wire::MirrorRow row;
};
base::Result<Found> find(const Services& services, const Call& call) {
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  const auto& name = call.argument("namespace");
  auto row = services.mirror.find(cluster->id, "namespaces", "", name);
  if (!row) {
    return base::fail(base::ErrorCode::kNotFound,
                      "no namespace " + name + " in cluster " + cluster->name, "namespace");
  }
  return Found{std::move(*cluster), std::move(*row)};
}

boost::json::object whole_view(const Services& services, const Caller& caller, const Found& of) {
  auto out = placed_view(services, caller, of.cluster, of.row);
  out["quota"] = quota_view(services, of.cluster.id, of.row.meta().name());
  return out;
}

base::Task<Answer> show(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  const auto found = find(services, call);
  if (!found) co_return base::fail(found);
  co_return json_response(200, whole_view(services, call.caller, *found));
}

/// What an edit asks for.
struct Edit {
  quotas::Ask ask;
  std::int64_t version = 0;
};
base::Result<Edit> read_edit(const Services& services, const Call& call, const Found& of) {
  QueryReader query(call.query);
  Edit edit;
  edit.ask.only_weigh = query.flag("dryRun", false);
  if (auto fault = query.fault()) return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  if (in.optional_object("quota") == nullptr) in.refuse("quota", "is missing");
  edit.ask.amounts = read_amounts(in, "quota");
  edit.version = read_version(in);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  edit.ask.where = {of.cluster.id, of.row.meta().name()};
  if (is_of_kubernetes(edit.ask.where.name_space)) {
    return base::fail(
        base::ErrorCode::kInvalid,
        "namespace " + edit.ask.where.name_space + " is Kubernetes' own and has no quota", "quota");
  }
  const auto place = place_of(services, of.cluster.id, of.row);
  edit.ask.project = services.accounts.tenancy().project(place.project);
  return edit;
}

/// First the row, which is weighed, then the cluster; what it refuses is put back.
base::Task<Answer> change(Services& services, Call call) {
  const auto found = find(services, call);
  if (!found) co_return base::fail(found);
  const auto edit = read_edit(services, call, *found);
  if (!edit) co_return base::fail(edit);
  const auto& ask = edit->ask;
  if (ask.only_weigh) {  // it must not wait for a cluster that comes back
    auto gateway = services.clusters.connected_gateway(found->cluster.id.value);
    if (!gateway) co_return base::fail(gateway);
  }
  const auto was = services.quotas.find(ask.where);
  auto changed = services.quotas.change(ask, edit->version);
  if (!changed) {
    co_return refusal_response(changed.error(), call.caller.request_id,
                               whole_view(services, call.caller, *found));
  }
  const auto own = made_by_kubernetes(services, found->cluster.id);
  auto outcome = co_await enforce(services, found->cluster.id, ask.where.name_space,
                                  wanted_objects(services, *changed, own), ask.only_weigh);
  const bool done = outcome && outcome->state == intents::State::kDone;
  const bool refused = !outcome || (done && !outcome->answer.ok());
  if (!ask.only_weigh && refused) {
    services.quotas.put_back(was.value_or(quotas::Allotment{.where = ask.where}), changed->version);
  }
  if (!outcome) co_return base::fail(outcome);
  if (refused) co_return std::unexpected(refusal_of(outcome->answer));
  if (!ask.only_weigh && done) services.quotas.settle(ask.where, changed->version);
  auto body = view(*outcome);
  body["quota"] = quota_view(services, found->cluster.id, *changed);
  co_return json_response(done ? 200 : 202, body);
}

}  // namespace

Routes namespace_quota_routes(Services& services) {
  const std::string one = "/api/v1/clusters/{cluster}/namespaces/{namespace}";
  return {plain_route(services, "GET", one, Needs::kRead, "", show),
          plain_route(services, "PUT", one, Needs::kKeepNamespaces, "namespace.change", change)};
}

}  // namespace slipway::http
