// SPDX-License-Identifier: Apache-2.0
#include "controller/http/object_writes.hpp"

#include <boost/json.hpp>

#include "controller/http/intent_views.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/manifest_policy.hpp"
#include "controller/http/object_checks.hpp"
#include "controller/http/places.hpp"
#include "controller/http/responses.hpp"
#include "controller/objects/secret_values.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/base/json_text.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Task;
using What = ObjectWrite::What;
using workloads::text_of;

constexpr std::uint32_t kConflict = 409;

/// What the API server keeps in an object for itself.
void drop_bookkeeping(json::object& object) {
  auto* metadata = object.if_contains("metadata");
  if (metadata != nullptr && metadata->is_object()) metadata->get_object().erase("managedFields");
}

json::object shown(const KubeResource& resource, json::object object) {
  drop_bookkeeping(object);
  if (is_secret(resource)) objects::withhold_values(object);
  return object;
}

std::string name_of(const ObjectPlace& place) {
  return place.resource.kind + " " + place.name;
}

wire::Intent intent_of(const ObjectWrite& write, const base::ClusterId& cluster) {
  static constexpr const char* kMethods[] = {"POST", "PUT", "DELETE"};
  static constexpr const char* kVerbs[] = {"create ", "replace ", "delete "};
  const auto what = static_cast<std::size_t>(write.what);
  const auto& place = write.place;
  wire::Intent intent;
  auto& tenant = *intent.mutable_tenant();
  *tenant.mutable_who() = identity_of(place.caller, cluster.value);
  auto& request = *tenant.mutable_request();
  request.set_method(kMethods[what]);
  auto path = "/" + object_path(place.resource, place.name_space,
                                write.what == What::kCreate ? std::string{} : place.name);
  path += "?fieldManager=slipway";
  if (write.dry_run) path += "&dryRun=All";
  request.set_path(path);
  request.set_content_type("application/json");
  if (write.what == What::kDelete) {
    json::object options{
        {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
    // What the query says is passed over where there is a body.
    if (write.dry_run) options["dryRun"] = json::array{"All"};
    if (!write.resource_version.empty()) {
      options["preconditions"] = json::object{{"resourceVersion", write.resource_version}};
    }
    request.set_body(json::serialize(options));
  } else {
    request.set_body(json::serialize(write.object.body));
  }
  intent.set_asked_by(place.caller.user.id.value);
  intent.set_summary((write.dry_run ? "try to " : "") + std::string(kVerbs[what]) + name_of(place) +
                     (place.name_space.empty() ? "" : " in " + place.name_space));
  return intent;
}

std::string seen_by(const ObjectWrite& write) {
  return write.what == What::kDelete ? write.resource_version
                                     : text_of(write.object.body, "metadata", "resourceVersion");
}

/// Somebody changed it since the caller looked.
Task<Problem> conflict(Services& services, const ObjectWrite& write, base::Error words) {
  auto problem = problem_of(words);
  if (write.what == What::kCreate) co_return problem;
  auto there = co_await read_object(services, write.place);
  if (!there) co_return problem;
  const auto current = text_of(*there, "metadata", "resourceVersion");
  if (current == seen_by(write)) co_return problem;
  problem.detail = name_of(write.place) +
                   " was changed since you looked: compare with what is there now, and send yours "
                   "with its metadata.resourceVersion";
  problem.field = "metadata.resourceVersion";
  problem.rule = "changed";
  problem.seen = seen_by(write);
  problem.current = current;
  problem.present = std::move(*there);
  co_return problem;
}

Task<Problem> refusal(Services& services, const ObjectWrite& write,
                      const wire::IntentOutcome& answer) {
  auto words = refusal_of(answer);
  if (answer.http_status() == kConflict) co_return co_await conflict(services, write, words);
  auto problem = problem_of(words);
  if (words.field.empty() || !write.object.document) co_return problem;
  const auto at = manifest::place_of(write.object, words.field);
  problem.line = at.line;
  problem.column = at.column;
  co_return problem;
}

/// By the rules of whatever comes.
Task<std::optional<Problem>> judge(Services& services, const base::ClusterId& cluster,
                                   const ObjectWrite& write) {
  const auto& place = write.place;
  if (is_secret(place.resource)) {
    // An API server's words about such a text would hold the other values, too.
    if (auto key = objects::unreadable_key(write.object.body)) {
      co_return problem_of(
          base::Error{ErrorCode::kInvalid, "data." + *key + " must be base64", "data." + *key});
    }
  }
  const std::vector<manifest::ManifestObject> one{write.object};
  PolicyAsked asked{place.caller, cluster, place.name_space, write.what == What::kReplace};
  co_return co_await check_policy(services, std::move(asked), one);
}

}  // namespace

net::HttpResponse answer_of(const KubeResource& resource, const intents::Outcome& outcome,
                            int status) {
  if (outcome.state != intents::State::kDone) return json_response(202, view(outcome));
  auto body = base::read_json(outcome.answer.body());
  // What is too large to come back is there all the same.
  if (!body || !body->is_object()) return json_response(status, view(outcome));
  auto response = json_response(status, shown(resource, std::move(body->get_object())));
  response.headers.set("X-Slipway-Intent", outcome.id.value);
  return response;
}

Task<base::Result<json::object>> read_object(Services& services, ObjectPlace place) {
  auto object = co_await read_kube(services, place.caller, place.cluster,
                                   object_path(place.resource, place.name_space, place.name));
  if (!object) co_return base::fail(object);
  co_return shown(place.resource, std::move(*object));
}

Task<std::expected<net::HttpResponse, Problem>> write_object(Services& services,
                                                             ObjectWrite write) {
  const auto& place = write.place;
  const auto cluster = visible_cluster(services, place.caller, place.cluster);
  if (!cluster) co_return std::unexpected(problem_of(cluster.error()));
  if (write.dry_run) {  // it must not wait for a cluster that comes back
    auto gateway = services.clusters.connected_gateway(cluster->id.value);
    if (!gateway) co_return std::unexpected(problem_of(gateway.error()));
  }
  if (write.what != What::kDelete) {
    if (auto refused = co_await judge(services, cluster->id, write)) {
      co_return std::unexpected(std::move(*refused));
    }
  }
  if (auto may = co_await check_object(services, *cluster, write); !may) {
    co_return std::unexpected(may.error());
  }
  if (write.what == What::kReplace && is_secret(place.resource)) {
    auto there = co_await read_kube(services, place.caller, place.cluster,
                                    object_path(place.resource, place.name_space, place.name));
    if (!there) co_return std::unexpected(problem_of(there.error()));
    objects::keep_values(write.object.body, *there);
  }
  auto outcome =
      co_await services.intents.submit(cluster->id, intent_of(write, cluster->id), kIntentWait);
  if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
  if (outcome->state == intents::State::kDone && !outcome->answer.ok()) {
    co_return std::unexpected(co_await refusal(services, write, outcome->answer));
  }
  net::HttpResponse answer;
  if (write.what == What::kDelete) {
    const bool done = outcome->state == intents::State::kDone;
    answer = json_response(done ? 200 : 202, view(*outcome));
  } else {
    const bool made = write.what == What::kCreate && !write.dry_run;
    answer = answer_of(place.resource, *outcome, made ? 201 : 200);
  }
  if (const auto warning = warning_of(services, cluster->id, write); !warning.empty()) {
    answer.headers.set("Warning", "299 slipway \"" + warning + "\"");
  }
  co_return answer;
}

}  // namespace slipway::http
