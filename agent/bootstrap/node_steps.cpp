// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>

#include "agent/bootstrap/api.hpp"
#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {
namespace {

namespace json = boost::json;

constexpr std::chrono::minutes kNodeLimit{35};  // longer than join's own waits
constexpr std::chrono::minutes kReadyLimit{5};
constexpr std::chrono::seconds kStorageLimit{10};

std::string node_path(const wire::DesiredNode& desired) {
  return "/api/v1/nodes/" + desired.node_name();
}

/// The node's object; kNotFound while there is none, kUnavailable while nobody answers.
base::Task<base::Result<json::object>> get_node(const StepContext& context) {
  auto answer = co_await ask_api(context, {.path = node_path(context.desired)});
  if (!answer) co_return base::fail(answer);
  if (answer->status != 200) co_return base::fail(base::ErrorCode::kNotFound, api_message(*answer));
  boost::system::error_code failed;
  auto value = json::parse(answer->body, failed);
  if (failed || !value.is_object())
    co_return base::fail(base::ErrorCode::kInternal, "the API server's answer is no object");
  co_return std::move(value.get_object());
}

const json::object* child(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

std::string text(const json::object* object, std::string_view name) {
  const auto* value = object ? object->if_contains(name) : nullptr;
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

/// What must be added to the node; empty where nothing must.
json::object difference(const json::object& node, const wire::DesiredNode& desired) {
  json::object patch;
  const auto& network = desired.kubernetes().node_pod_cidr();
  if (text(child(node, "spec"), "podCIDR").empty())
    patch["spec"] = json::object{{"podCIDR", network}, {"podCIDRs", json::array{network}}};
  const auto* metadata = child(node, "metadata");
  const auto* present = metadata ? child(*metadata, "labels") : nullptr;
  json::object labels;
  for (const auto& label : desired.labels()) {
    const auto equals = label.find('=');
    const auto key = label.substr(0, equals);
    const auto value = label.substr(equals + 1);
    const bool there = present && present->if_contains(key);
    if (!there || text(present, key) != value) labels[key] = value;
  }
  if (!labels.empty()) patch["metadata"] = json::object{{"labels", std::move(labels)}};
  return patch;
}

StepResult patch_node(const StepContext& context, json::object patch) {
  ApiRequest request;
  if (context.desired.role() == wire::MASTER) request.kubeconfig = kAdminConfig;
  request.method = "PATCH";
  request.path = node_path(context.desired);
  request.content_type = "application/merge-patch+json";
  request.body = json::serialize(patch);
  auto answer = co_await ask_api(context, std::move(request));
  if (!answer) co_return base::fail(answer);
  if (answer->status < 300) {
    context.log("node: " + json::serialize(patch));
    co_return base::Result<>{};
  }
  co_return base::fail(
      base::ErrorCode::kInternal,
      "the API server refuses the node's labels or pod network: " + api_message(*answer));
}

/// kubelet is not Ready before it has made its CSINode. Where it has not in time, the status comes
/// with the next turn.
base::Task<> wait_storage(const StepContext& context) {
  Wait made(context, "the node's CSINode", kStorageLimit, std::chrono::milliseconds(50));
  while (co_await made.more()) {
    auto answer = co_await ask_api(
        context, {.path = "/apis/storage.k8s.io/v1/csinodes/" + context.desired.node_name()});
    if (answer && answer->status == 200) co_return;
  }
}

struct Readiness {
  bool ready = false;
  std::string why;
};

Readiness readiness(const json::object& node) {
  const auto* status = child(node, "status");
  const auto* conditions = status ? status->if_contains("conditions") : nullptr;
  if (!conditions || !conditions->is_array()) return {false, "no status yet"};
  for (const auto& entry : conditions->get_array()) {
    const auto* condition = entry.if_object();
    if (!condition || text(condition, "type") != "Ready") continue;
    return {text(condition, "status") == "True", text(condition, "message")};
  }
  return {false, "no Ready condition yet"};
}

}  // namespace

// The pod network is set by the node itself: kubelet then sends its status once without waiting for
// the next turn of its ten seconds. That one must say Ready, so all else is there before.
StepResult run_labels(const StepContext& context) {
  Wait registered(context, "the node's object", kNodeLimit);
  while (co_await registered.more()) {
    auto node = co_await get_node(context);
    if (!node) {
      registered.found(node.error().message);
      continue;
    }
    auto patch = difference(*node, context.desired);
    if (patch.empty()) co_return base::Result<>{};
    if (patch.contains("spec")) co_await wait_storage(context);
    co_return co_await patch_node(context, std::move(patch));
  }
  co_return registered.failure();
}

StepResult run_ready(const StepContext& context) {
  Wait ready(context, "the node to be Ready", kReadyLimit);
  while (co_await ready.more()) {
    auto node = co_await get_node(context);
    if (!node) {
      ready.found(node.error().message);
      continue;
    }
    auto state = readiness(*node);
    if (state.ready) co_return base::Result<>{};
    ready.found(std::move(state.why));
  }
  if (!context.run.interrupted()) co_await log_journal(context, "kubelet.service");
  co_return ready.failure();
}

}  // namespace slipway::bootstrap
