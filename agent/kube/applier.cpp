// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/applier.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <random>

#include "agent/kube/json_reading.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/manifest/written.hpp"
#include "protocol/pki/pki.hpp"

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
constexpr int kUnprocessable = 422;
constexpr int kServerFault = 500;
constexpr int kAccountWaits = 8;  // of one manifest
constexpr std::chrono::seconds kLongestAccountWait{2};

/// "Widget.example.org", as definitions name kinds.
std::string group_kind_of(const ManifestObject& object) {
  const auto slash = object.api_version.find('/');
  if (slash == std::string::npos) return object.kind;
  return object.kind + "." + object.api_version.substr(0, slash);
}

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

/// What server-side apply says of an object that has not its kind's shape, as a fault of the
/// server.
constexpr std::string_view kNotItsShape = "failed to create typed patch object";

/// The field that a Status is about; empty: it names none. Of a shape it stands in the message
/// alone: "failed to create typed patch object: .spec.replicas: expected numeric …".
std::string field_at_fault(const std::string& status) {
  const auto read = base::read_json(status);
  if (!read) return {};
  const auto& value = *read;
  const auto& causes = array_at(object_at(value, "details"), "causes");
  if (!causes.empty()) {
    if (auto field = text_at(causes.front(), "field"); !field.empty()) return field;
  }
  const auto message = text_at(value, "message");
  const auto typed = message.find(kNotItsShape);
  const auto from = typed == std::string::npos ? typed : message.find(" .", typed);
  const auto to = from == std::string::npos ? from : message.find(": ", from);
  return to == std::string::npos ? std::string{} : message.substr(from + 2, to - from - 2);
}

void refuse(wire::ObjectOutcome& outcome, const ManifestObject& object, const std::string& status) {
  outcome.set_message(message_of(status));
  outcome.set_field(field_at_fault(status));
  if (outcome.message().contains(kNotItsShape)) outcome.set_http_status(kUnprocessable);
  const auto place = place_of(object, outcome.field());
  outcome.set_line(static_cast<std::uint32_t>(place.line));
  outcome.set_column(static_cast<std::uint32_t>(place.column));
}

wire::ObjectOutcome outcome_for(const ManifestObject& object) {
  wire::ObjectOutcome outcome;
  outcome.set_kind(object.kind);
  outcome.set_pod_namespace(object.pod_namespace);
  outcome.set_name(object.name);
  return outcome;
}

/// What undoes a change is told where a later object failed, and no more than fits an outcome.
void keep_what_undoes(wire::IntentOutcome& outcome) {
  std::size_t kept = 0;
  for (auto& object : *outcome.mutable_objects()) {
    if (outcome.ok()) {
      object.clear_undo();
    } else if (object.has_undo()) {
      if (kept + object.undo().before().size() > kUndoBytes) object.mutable_undo()->clear_before();
      kept += object.undo().before().size();
    }
  }
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
  keep_what_undoes(outcome);
  return outcome;
}

std::string resource_version_of(const std::string& body) {
  const auto value = base::read_json(body);
  return value ? text_at(object_at(*value, "metadata"), "resourceVersion") : std::string{};
}

wire::Undo undo_of(std::string path, const std::string& after, std::string before) {
  wire::Undo undo;
  const auto value = base::read_json(after);
  if (!value || !value->is_object()) return undo;
  const auto& metadata = object_at(*value, "metadata");
  undo.set_path(std::move(path));
  undo.set_uid(text_at(metadata, "uid"));
  undo.set_generation(number_at(metadata, "generation"));
  undo.set_resource_version(text_at(metadata, "resourceVersion"));
  undo.set_before(std::move(before));
  undo.set_digest(pki::sha256_hex(manifest::written_text(value->get_object())));
  return undo;
}

/// What a second try meets may be the first one's own work.
void explain_repetition(wire::IntentOutcome& outcome) {
  const auto status = outcome.http_status();
  if (status != kNotFound && status != kConflict) return;
  outcome.set_message(outcome.message() +
                      " (this change was sent before, its answer was lost, and it may have been "
                      "made: look at the object)");
}

/// A namespace that was made a moment ago has no service account, or none with a token, yet.
bool lacks_account(const wire::ObjectOutcome& outcome) {
  return outcome.message().contains("No API token found for service account") ||
         outcome.message().contains("error looking up service account");
}

/// An object without a name of its own would be made again by a repetition.
bool makes_a_name(const wire::KubeRequest& asked) {
  const auto body = base::read_json(asked.body());
  return body && asked.method() == "POST" &&
         !text_at(object_at(*body, "metadata"), "generateName").empty() &&
         text_at(object_at(*body, "metadata"), "name").empty();
}

}  // namespace

Applier::Announced Applier::announced_by(const std::vector<ManifestObject>& objects) {
  Announced coming;
  for (const auto& object : objects) {
    if (group_kind_of(object) == "Namespace") coming.namespaces.insert(object.name);
    if (object.kind != "CustomResourceDefinition") continue;
    const json::value body(object.body);
    const auto& spec = object_at(body, "spec");
    coming.kinds[text_at(object_at(spec, "names"), "kind") + "." + text_at(spec, "group")] =
        object.name;
  }
  return coming;
}

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
  Applier applier(api, patience_, may_);
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
  Announced coming;
  if (manifest.dry_run() && !manifest.delete_()) coming = announced_by(*objects);
  AccountWaits waits{{{patience_.pause, kLongestAccountWait}, std::random_device{}()},
                     kAccountWaits};
  for (const auto place : order) {
    const auto& object = (*objects)[place];
    const bool kind_comes = coming.kinds.contains(group_kind_of(object));
    auto done = co_await put_when_ready(object, manifest, kind_comes ? 1 : tries, waits);
    if (done && !done->ok()) done = co_await again_later(object, coming, manifest, *done);
    if (!done) co_return base::fail(done);
    outcomes[place] = std::move(*done);
  }
  co_return sum_up(std::move(outcomes));
}

/// A dry run makes no namespace and no kind: what needs one that comes with the manifest cannot be
/// tried where it goes. In the namespace "default" it is judged all the same, but by its shape
/// only.
Task<Applier::Answer> Applier::again_later(const ManifestObject& object, const Announced& coming,
                                           const wire::ApplyManifest& how,
                                           wire::ObjectOutcome refusal) {
  if (refusal.http_status() != kNotFound) co_return refusal;
  const auto later = [&](const std::string& after) {
    auto outcome = outcome_for(object);
    outcome.set_ok(true);
    outcome.set_http_status(kOk);
    outcome.set_action("created");
    outcome.set_message("checked after " + after);
    return outcome;
  };
  if (const auto kind = coming.kinds.find(group_kind_of(object)); kind != coming.kinds.end()) {
    co_return later("CustomResourceDefinition " + kind->second);
  }
  const auto in = namespace_of(object, how.default_namespace());
  if (in == "default" || !coming.namespaces.contains(in)) co_return refusal;
  auto moved = object;
  moved.pod_namespace = "default";
  moved.body["metadata"].as_object()["namespace"] = "default";
  auto judged = co_await put(moved, how, 1);
  if (!judged) co_return judged;
  const auto status = judged->http_status();
  if (status == kBadRequest || status == kUnprocessable || status >= kServerFault) {
    judged->set_pod_namespace(object.pod_namespace);
    co_return judged;
  }
  co_return later("Namespace " + in);
}

Task<Applier::Answer> Applier::put_when_ready(const ManifestObject& object,
                                              const wire::ApplyManifest& how, int tries,
                                              AccountWaits& waits) {
  while (may_()) {
    auto done = co_await put(object, how, tries);
    if (!done || done->ok() || how.dry_run() || !lacks_account(*done)) co_return done;
    if (waits.left-- <= 0) co_return done;
    co_await base::sleep_for(waits.backoff.next());
  }
  co_return base::fail(ErrorCode::kUnavailable, "this node is not the gateway any more");
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

Task<Result<std::string>> Applier::object_there(std::string path) {
  net::HttpRequest request;
  request.target = std::move(path);
  auto response = co_await fetch(api_, std::move(request));
  if (!response) co_return base::fail(response);
  co_return response->status == kOk ? response->text() : std::string{};
}

Task<Applier::Answer> Applier::patch(const ManifestObject& object, std::string path, bool dry_run) {
  auto outcome = outcome_for(object);
  auto before = co_await object_there(path);
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
    refuse(outcome, object, response->text());
    if (response->status >= 500) mapping_.forget(object.api_version);
    co_return outcome;
  }
  const bool made = response->status == kCreated;
  const bool same = !made && resource_version_of(response->text()) == resource_version_of(*before);
  outcome.set_action(made ? "created" : same ? "unchanged" : "configured");
  if (!same && !dry_run) {
    auto undo =
        undo_of(std::move(path), response->text(), made ? std::string{} : std::move(*before));
    if (!undo.path().empty()) *outcome.mutable_undo() = std::move(undo);
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
    refuse(outcome, object, response->text());
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
  if (!outcome.ok()) {
    outcome.set_message(message_of(text));
    outcome.set_field(field_at_fault(text));
  }
  if (text.size() <= kOutcomeBodyBytes) outcome.set_body(text);
  co_return outcome;
}

}  // namespace slipway::kube
