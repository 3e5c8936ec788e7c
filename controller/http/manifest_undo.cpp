// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_undo.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <ranges>

#include "controller/http/kube_objects.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/manifest/manifest.hpp"
#include "protocol/manifest/written.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;
using workloads::member;
using workloads::text_in;

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kTries = 4;

const wire::ApplyManifest& manifest_in(const wire::Intent& intent) {
  return intent.has_tenant() ? intent.tenant().apply() : intent.apply();
}

/// The one that was applied last comes first.
Task<Result<std::vector<std::size_t>>> backwards(Services& services, const wire::Intent& intent,
                                                 std::size_t count) {
  const auto objects = co_await services.manifests.read(manifest_in(intent).yaml());
  const bool later = !objects && objects.error().error.code == ErrorCode::kExhausted;
  if (later) co_return std::unexpected(objects.error().error);
  std::vector<std::size_t> order;
  if (objects && objects->size() == count) order = manifest::apply_order(*objects);
  std::ranges::reverse(order);
  co_return order;
}

/// What others fill without a change of it.
bool holds_others(const wire::ObjectOutcome& object) {
  return object.kind() == "Namespace" || object.kind() == "CustomResourceDefinition";
}

/// What became of one object.
struct Undone {
  int status = kOk;
  std::string action;
  std::string message;
};

json::object view_of(const wire::ObjectOutcome& object, const Undone& done) {
  json::object out{{"kind", object.kind()},
                   {"name", object.name()},
                   {"ok", done.status < 300},
                   {"status", done.status},
                   {"action", done.action}};
  if (!object.pod_namespace().empty()) out["namespace"] = object.pod_namespace();
  if (!done.message.empty()) out["message"] = done.message;
  return out;
}

/// nullopt: it moved between the look and the write.
Task<Result<std::optional<Undone>>> undo_once(Services& services, const Caller& caller,
                                              const base::ClusterId& cluster,
                                              const wire::ObjectOutcome& object) {
  const auto path = object.undo().path();
  if (!path.starts_with('/')) co_return Undone{kConflict, "", "its place was not kept"};
  auto now = co_await read_kube(services, caller, cluster.value, path.substr(1));
  const bool gone = !now && now.error().code == ErrorCode::kNotFound;
  if (!now && !gone) co_return base::fail(now);
  auto step = undo_step(object, gone ? std::nullopt : std::optional<json::object>(std::move(*now)));
  if (!step) co_return Undone{kConflict, "", step.error()};
  if (step->method.empty()) co_return Undone{kOk, "unchanged", ""};
  wire::Intent intent;
  intent.set_asked_by(caller.user.id.value);
  intent.set_summary("undo " + object.kind() + " " + object.name());
  auto& tenant = *intent.mutable_tenant();
  *tenant.mutable_who() = identity_of(caller, cluster.value);
  auto& request = *tenant.mutable_request();
  request.set_method(step->method);
  request.set_path(path);
  request.set_content_type("application/json");
  request.set_body(json::serialize(step->body));
  auto outcome = co_await services.intents.submit(cluster, std::move(intent), kIntentWait);
  if (!outcome) co_return base::fail(outcome);
  if (outcome->state != intents::State::kDone) co_return Undone{202, "", "waits for the cluster"};
  const bool deletes = step->method == "DELETE";
  const auto& answer = outcome->answer;
  if (answer.ok() || (deletes && answer.http_status() == kNotFound)) {
    co_return Undone{kOk, deletes ? "deleted" : "restored", ""};
  }
  if (answer.http_status() == kConflict) co_return std::nullopt;
  co_return Undone{static_cast<int>(answer.http_status()), "", answer.message()};
}

/// What moves, be it by a status alone, is looked at and judged anew.
Task<Result<Undone>> undo_one(Services& services, const Caller& caller,
                              const base::ClusterId& cluster, const wire::ObjectOutcome& object) {
  for (int tried = 0; tried < kTries; ++tried) {
    auto done = co_await undo_once(services, caller, cluster, object);
    if (!done) co_return base::fail(done);
    if (*done) co_return std::move(**done);
  }
  co_return Undone{kConflict, "", "it changes all the time: try again when it has come to rest"};
}

/// Nobody wrote it since. Its digest knows labels and annotations, of which no generation tells,
/// and nothing of a status, of which each version does.
bool as_left(const wire::Undo& undo, const json::object& now) {
  const auto& metadata = member(now, "metadata");
  if (text_in(metadata, "resourceVersion") == undo.resource_version()) return true;
  if (!undo.digest().empty()) {
    return pki::sha256_hex(manifest::written_text(now)) == undo.digest();
  }
  return undo.generation() != 0 &&
         workloads::number_of(metadata, "generation", 0) == undo.generation();
}

}  // namespace

std::expected<UndoStep, std::string> undo_step(const wire::ObjectOutcome& outcome,
                                               const std::optional<json::object>& now) {
  const auto& undo = outcome.undo();
  const bool made = outcome.action() == "created";
  if (!now && made) return UndoStep{};
  if (!now) return std::unexpected("it was deleted since");
  const auto& metadata = member(*now, "metadata");
  if (text_in(metadata, "uid") != undo.uid()) {
    return std::unexpected("it was deleted and made anew since");
  }
  const auto version = text_in(metadata, "resourceVersion");
  if (!as_left(undo, *now)) {
    return std::unexpected(
        "it was changed since by somebody else: look at it before you take it back");
  }
  if (made && holds_others(outcome)) {
    return std::unexpected("others may have put things into it since: delete it by itself");
  }
  if (made) {
    return UndoStep{
        "DELETE",
        {{"apiVersion", "v1"},
         {"kind", "DeleteOptions"},
         {"propagationPolicy", "Background"},
         {"preconditions", json::object{{"uid", undo.uid()}, {"resourceVersion", version}}}}};
  }
  auto before = base::read_json(undo.before());
  if (!before || !before->is_object()) {
    return std::unexpected("what it was before was not kept: it was too large, or not readable");
  }
  auto& body = before->get_object();
  if (auto* kept = body.if_contains("metadata"); kept != nullptr && kept->is_object()) {
    kept->get_object()["resourceVersion"] = version;
    kept->get_object().erase("managedFields");
  }
  return UndoStep{"PUT", std::move(body)};
}

Task<Result<json::object>> undo_manifest(Services& services, Caller caller,
                                         intents::Outcome outcome) {
  const auto& objects = outcome.answer.objects();
  const bool any = std::ranges::any_of(objects, [](const auto& one) { return one.has_undo(); });
  if (outcome.state != intents::State::kDone || outcome.answer.ok() || !any) {
    co_return base::fail(ErrorCode::kConflict,
                         "there is nothing to undo: only what stands of a manifest of which a "
                         "later object failed can be taken back",
                         "intent");
  }
  const auto intent = services.intents.intent(outcome.id);
  if (!intent) co_return base::fail(intent);
  const auto count = static_cast<std::size_t>(objects.size());
  std::vector<json::value> views(count);
  bool ok = true;
  const auto order = co_await backwards(services, *intent, count);
  if (!order) co_return base::fail(order);
  for (const auto place : *order) {
    const auto& object = objects[static_cast<int>(place)];
    if (!object.has_undo()) {
      views[place] = view_of(object, {kOk, "unchanged", ""});
      continue;
    }
    auto done = co_await undo_one(services, caller, outcome.cluster, object);
    if (!done) co_return base::fail(done);
    ok = ok && done->status == kOk;
    views[place] = view_of(object, *done);
  }
  co_return json::object{{"intent", outcome.id.value},
                         {"state", ok ? "done" : "failed"},
                         {"objects", json::array(views.begin(), views.end())}};
}

}  // namespace slipway::http
