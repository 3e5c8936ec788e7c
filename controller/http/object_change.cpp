// SPDX-License-Identifier: Apache-2.0
#include "controller/http/object_change.hpp"

#include <boost/json.hpp>

#include "controller/http/intent_views.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/refusals.hpp"

namespace slipway::http {

namespace {

using base::Task;

constexpr int kTries = 4;
constexpr int kConflict = 409;

/// One try: nullopt means that the object changed meanwhile.
Task<std::expected<std::optional<intents::Outcome>, Problem>> try_once(Services& services,
                                                                       const ChangeTarget& target,
                                                                       const Plan& plan,
                                                                       bool dry_run) {
  auto object = co_await read_kube(services, target.caller, target.cluster.value, target.path);
  if (!object) co_return std::unexpected(problem_of(object.error()));
  const auto change = plan(*object);
  if (!change) co_return std::unexpected(problem_of(change.error()));
  auto outcome = co_await services.intents.submit(
      target.cluster, change_intent(target, *change, dry_run), kIntentWait);
  if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
  if (outcome->state == intents::State::kDone && !outcome->answer.ok()) {
    const bool changed = outcome->answer.http_status() == kConflict && change->method == "PATCH";
    if (changed) co_return std::nullopt;
    co_return std::unexpected(problem_of(refusal_of(outcome->answer)));
  }
  co_return std::move(*outcome);
}

}  // namespace

wire::Intent change_intent(const ChangeTarget& target, const workloads::Change& change,
                           bool dry_run) {
  wire::Intent intent;
  intent.set_asked_by(target.caller.user.id.value);
  intent.set_summary((dry_run ? "try to " : "") + target.summary);
  auto& tenant = *intent.mutable_tenant();
  *tenant.mutable_who() = identity_of(target.caller, target.cluster.value);
  auto& request = *tenant.mutable_request();
  auto path = "/" + target.path;
  if (!change.resource.empty()) {
    path = "/apis/batch/v1/namespaces/" + target.name_space + "/" + change.resource;
  }
  path += "?fieldManager=slipway";
  if (dry_run) path += "&dryRun=All";
  request.set_method(change.method);
  request.set_path(path);
  request.set_content_type(change.content_type);
  auto body = change.body;
  // A deletion with options in its body is not asked for any in its query.
  if (dry_run && change.method == "DELETE") body.as_object()["dryRun"] = boost::json::array{"All"};
  request.set_body(boost::json::serialize(body));
  return intent;
}

Task<std::expected<intents::Outcome, Problem>> change_object(Services& services,
                                                             ChangeTarget target, Plan plan,
                                                             bool dry_run) {
  for (int tried = 0; tried < kTries; ++tried) {
    auto done = co_await try_once(services, target, plan, dry_run);
    if (!done) co_return std::unexpected(done.error());
    if (*done) co_return std::move(**done);
  }
  const auto name = target.path.substr(target.path.rfind('/') + 1);
  co_return std::unexpected(
      problem_of(base::Error{base::ErrorCode::kConflict,
                             name + " changes all the time: try again when it has come to rest",
                             {}}));
}

}  // namespace slipway::http
