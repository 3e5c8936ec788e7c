// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/applier.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;
using manifest::apply_order;
using manifest::parse_manifest;

constexpr auto kFieldManager = "slipway";
constexpr int kOk = 200;
constexpr int kCreated = 201;
constexpr int kAccepted = 202;
constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

/// The API server could not be asked at all.
bool out_of_reach(const base::Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

wire::IntentOutcome refused(const std::string& message, int status = kBadRequest) {
  wire::IntentOutcome outcome;
  outcome.set_http_status(static_cast<std::uint32_t>(status));
  outcome.set_message(message);
  return outcome;
}

wire::ObjectOutcome outcome_for(const ManifestObject& object) {
  wire::ObjectOutcome outcome;
  outcome.set_kind(object.kind);
  outcome.set_pod_namespace(object.pod_namespace);
  outcome.set_name(object.name);
  return outcome;
}

/// The whole from its parts: the first failure gives status and message.
wire::IntentOutcome sum_up(std::vector<wire::ObjectOutcome> objects) {
  wire::IntentOutcome outcome;
  outcome.set_ok(true);
  outcome.set_http_status(kOk);
  for (auto& object : objects) {
    if (!object.ok() && outcome.ok()) {
      outcome.set_ok(false);
      outcome.set_http_status(object.http_status());
      outcome.set_message(object.kind() + " " + object.name() + ": " + object.message());
    }
    *outcome.add_objects() = std::move(object);
  }
  if (outcome.ok()) outcome.set_message(std::to_string(outcome.objects_size()) + " objects");
  return outcome;
}

std::string resource_version_of(const std::string& body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  return error ? std::string{} : text_at(object_at(value, "metadata"), "resourceVersion");
}

/// What a second try meets may be the first one's own work.
void explain_repetition(wire::IntentOutcome& outcome) {
  const auto status = outcome.http_status();
  if (status != kNotFound && status != kConflict) return;
  outcome.set_message(outcome.message() +
                      " (a master that was lost had this change before and may have made it: look "
                      "at the object)");
}

/// An object without a name of its own would be made again by a repetition.
bool makes_a_name(const wire::KubeRequest& asked) {
  boost::system::error_code error;
  const auto body = json::parse(asked.body(), error);
  return !error && asked.method() == "POST" &&
         !text_at(object_at(body, "metadata"), "generateName").empty() &&
         text_at(object_at(body, "metadata"), "name").empty();
}

}  // namespace

Task<Result<wire::IntentOutcome>> Applier::run(wire::Intent intent) {
  const auto id = intent.id();
  Result<wire::IntentOutcome> outcome = refused("the intent says nothing that this agent knows");
  if (intent.has_apply()) {
    outcome = co_await apply(std::move(*intent.mutable_apply()));
  } else if (intent.has_request()) {
    outcome = co_await request(std::move(*intent.mutable_request()));
    if (outcome && intent.repeated()) explain_repetition(*outcome);
  } else if (intent.has_tenant()) {
    outcome = co_await in_the_name_of(std::move(intent));
  }
  if (outcome) outcome->set_intent_id(id);
  co_return outcome;
}

/// By an applier of its own, all of whose requests are theirs. Nobody is no name: the request would
/// be the administrator's.
Task<Result<wire::IntentOutcome>> Applier::in_the_name_of(wire::Intent intent) {
  const auto& tenant = intent.tenant();
  if (tenant.who().user().empty()) co_return refused("the intent is in nobody's name");
  wire::Intent inner;
  inner.set_repeated(intent.repeated());
  if (tenant.has_apply()) *inner.mutable_apply() = tenant.apply();
  if (tenant.has_request()) *inner.mutable_request() = tenant.request();
  ImpersonatedApi api(api_, tenant.who());
  Applier applier(api, patience_);
  co_return co_await applier.run(std::move(inner));
}

Task<Result<wire::IntentOutcome>> Applier::apply(wire::ApplyManifest manifest) {
  auto objects = parse_manifest(manifest.yaml());
  if (!objects) co_return refused(sentence_of(objects.error()));
  auto order = apply_order(*objects);
  if (manifest.delete_()) std::ranges::reverse(order);
  const bool brings_kinds = std::ranges::any_of(
      *objects, [](const auto& object) { return object.kind == "CustomResourceDefinition"; });
  const int tries = brings_kinds && !manifest.delete_() && !manifest.dry_run()
                        ? patience_.tries_with_crd
                        : patience_.tries;
  std::vector<wire::ObjectOutcome> outcomes(objects->size());
  for (const auto place : order) {
    auto done = co_await put((*objects)[place], manifest, tries);
    if (!done) co_return base::fail(done);
    outcomes[place] = std::move(*done);
  }
  co_return sum_up(std::move(outcomes));
}

Task<Applier::Answer> Applier::put(const ManifestObject& object, const wire::ApplyManifest& how,
                                   int tries) {
  auto path = co_await path_of(object, how.default_namespace(), tries);
  if (!path && out_of_reach(path.error())) co_return base::fail(path);
  if (!path) {
    auto outcome = outcome_for(object);
    // What is of no known kind is not there.
    outcome.set_ok(how.delete_() && path.error().code == ErrorCode::kNotFound);
    outcome.set_http_status(kNotFound);
    outcome.set_message(path.error().message);
    if (outcome.ok()) outcome.set_action("unchanged");
    co_return outcome;
  }
  if (how.delete_()) co_return co_await remove(object, std::move(*path), how.dry_run());
  co_return co_await patch(object, std::move(*path), how.dry_run());
}

Task<Result<std::string>> Applier::path_of(const ManifestObject& object,
                                           std::string default_namespace, int tries) {
  Result<Resource> resource = base::fail(ErrorCode::kNotFound, "");
  for (int tried = 0; tried < std::max(tries, 1); ++tried) {
    if (tried > 0) {
      co_await base::sleep_for(patience_.pause);
      mapping_.forget(object.api_version);
    }
    resource = co_await mapping_.find(object.api_version, object.kind);
    if (resource || resource.error().code != ErrorCode::kNotFound) break;
  }
  if (!resource) co_return base::fail(resource);
  co_return object_path(object.api_version, *resource, namespace_of(object, default_namespace),
                        object.name);
}

Task<Result<std::string>> Applier::version_there(std::string path) {
  net::HttpRequest request;
  request.target = std::move(path);
  auto response = co_await fetch(api_, std::move(request));
  if (!response) co_return base::fail(response);
  co_return response->status == kOk ? resource_version_of(response->text()) : std::string{};
}

Task<Applier::Answer> Applier::patch(const ManifestObject& object, std::string path, bool dry_run) {
  auto outcome = outcome_for(object);
  auto before = co_await version_there(path);
  if (!before) co_return base::fail(before);
  net::HttpRequest request;
  request.method = "PATCH";
  request.target =
      path + "?fieldManager=" + kFieldManager + "&force=true" + (dry_run ? "&dryRun=All" : "");
  request.headers.set("Content-Type", "application/apply-patch+yaml");
  request.headers.set("Accept", "application/json");
  request.body = json::serialize(object.body);
  auto response = co_await fetch(api_, std::move(request));
  if (!response) co_return base::fail(response);
  outcome.set_http_status(static_cast<std::uint32_t>(response->status));
  outcome.set_ok(response->status == kOk || response->status == kCreated);
  if (!outcome.ok()) {
    outcome.set_message(message_of(response->text()));
    if (response->status >= 500) mapping_.forget(object.api_version);
  } else if (response->status == kCreated || before->empty()) {
    outcome.set_action("created");
  } else {
    const bool same = resource_version_of(response->text()) == *before;
    outcome.set_action(same ? "unchanged" : "configured");
  }
  co_return outcome;
}

Task<Applier::Answer> Applier::remove(const ManifestObject& object, std::string path,
                                      bool dry_run) {
  auto outcome = outcome_for(object);
  net::HttpRequest request;
  request.method = "DELETE";
  request.target = path + "?propagationPolicy=Background" + (dry_run ? "&dryRun=All" : "");
  auto response = co_await fetch(api_, std::move(request));
  if (!response) co_return base::fail(response);
  outcome.set_http_status(static_cast<std::uint32_t>(response->status));
  const bool absent = response->status == kNotFound;
  outcome.set_ok(absent || response->status == kOk || response->status == kAccepted);
  if (!outcome.ok()) {
    outcome.set_message(message_of(response->text()));
  } else {
    outcome.set_action(absent ? "unchanged" : "deleted");
  }
  co_return outcome;
}

Task<Result<wire::IntentOutcome>> Applier::request(wire::KubeRequest asked) {
  static constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::ranges::find(kMethods, asked.method()) == std::end(kMethods)) {
    co_return refused("no such method: " + asked.method());
  }
  if (makes_a_name(asked))
    co_return refused("give the object a name: generateName makes two of it");
  if (!is_request_target(asked.path())) co_return refused("the path is not one of the API server");
  net::HttpRequest request;
  request.method = asked.method();
  request.target = asked.path();
  request.headers.set("Accept", "application/json");
  if (!asked.content_type().empty()) request.headers.set("Content-Type", asked.content_type());
  request.body = std::move(*asked.mutable_body());
  auto response = co_await fetch(api_, std::move(request));
  if (!response) co_return base::fail(response);
  wire::IntentOutcome outcome;
  outcome.set_http_status(static_cast<std::uint32_t>(response->status));
  outcome.set_ok(response->status >= 200 && response->status < 300);
  const auto& text = response->text();
  if (!outcome.ok()) outcome.set_message(message_of(text));
  if (text.size() <= kOutcomeBodyBytes) outcome.set_body(text);
  co_return outcome;
}

}  // namespace slipway::kube
