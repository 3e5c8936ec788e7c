// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/registration.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "agent/kube/base64.hpp"
#include "agent/kube/json_reading.hpp"
#include "agent/kube/rest_mapping.hpp"
#include "protocol/net/http_status.hpp"
#include "protocol/net/percent.hpp"
#include "protocol/policy/policy.hpp"

namespace slipway::admission {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::string_view kOwner = "?fieldManager=slipway";
constexpr std::string_view kConfigurations =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
constexpr std::string_view kMasters =
    "/api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fmaster";
/// An agent that hangs holds up its API server's writes in projects' namespaces for so long.
constexpr int kTimeoutSeconds = 5;
/// The labels by which it is decided who may what in a namespace.
constexpr std::string_view kGuardedLabels[] = {policy::kProjectLabel, "slipway.io/department",
                                               policy::kAllowLabel};

using Words = std::initializer_list<std::string_view>;

json::array list(Words words) {
  json::array all;
  for (const auto word : words) all.emplace_back(word);
  return all;
}

/// Any version: a pod's rules read the same in all of them.
json::object rule(Words operations, std::string_view group, Words resources, const char* scope,
                  std::string_view version = "*") {
  return {{"operations", list(operations)},
          {"apiGroups", list({group})},
          {"apiVersions", list({version})},
          {"resources", list(resources)},
          {"scope", scope}};
}

json::object exists(std::string_view label) {
  return {{"key", label}, {"operator", "Exists"}};
}

json::object matching(json::array expressions) {
  return {{"matchExpressions", std::move(expressions)}};
}

/// A project's namespaces, without those where an administrator allowed everything.
json::object guarded_namespaces() {
  return matching({exists(policy::kProjectLabel), json::object{{"key", policy::kAllowLabel},
                                                               {"operator", "NotIn"},
                                                               {"values", list({"true"})}}});
}

/// `name` and its domain stand in the API server's own message when nobody answers.
json::object webhook(const std::string& name, const std::string& ca_pem, json::array rules) {
  return {{"name", name + ".project-rules.slipway-agent.service"},
          {"clientConfig",
           json::object{{"url", fmt::format("https://127.0.0.1:{}{}", kAdmissionPort, kReviewPath)},
                        {"caBundle", kube::to_base64(ca_pem)}}},
          {"rules", std::move(rules)},
          {"failurePolicy", "Fail"},
          {"matchPolicy", "Equivalent"},
          {"namespaceSelector", json::object{}},
          {"objectSelector", json::object{}},
          {"sideEffects", "None"},
          {"timeoutSeconds", kTimeoutSeconds},
          {"admissionReviewVersions", list({"v1", "v1beta1"})}};
}

json::object objects_webhook(const std::string& ca_pem) {
  const Words written{"CREATE", "UPDATE"};
  auto made = webhook(
      "objects", ca_pem,
      {rule(written, "",
            {"pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers",
             "services"},
            "Namespaced"),
       rule({"CREATE"}, "", {"bindings", "persistentvolumeclaims", "pods/binding"}, "Namespaced"),
       rule(written, "apps", {"daemonsets", "deployments", "replicasets", "statefulsets"},
            "Namespaced"),
       rule({"UPDATE"}, "apps", {"deployments/scale"}, "Namespaced"),
       rule(written, "batch", {"cronjobs", "jobs"}, "Namespaced")});
  made["namespaceSelector"] = guarded_namespaces();
  return made;
}

/// Exact: those that are made through networking.k8s.io are equivalent, and are what is wanted.
json::object ingresses_webhook(const std::string& ca_pem) {
  auto made = webhook("ingresses", ca_pem,
                      {rule({"CREATE"}, "extensions", {"ingresses"}, "Namespaced", "v1beta1")});
  made["matchPolicy"] = "Exact";
  made["namespaceSelector"] = guarded_namespaces();
  return made;
}

/// By the object's labels, of which the old or the new one counts: the namespaces that have none
/// can be made and changed whoever is away. Labels of the status and of the finalizers' subresource
/// are the namespace's own.
json::object namespaces_webhook(std::string_view label, const std::string& ca_pem) {
  const auto word = std::string(label.substr(label.find('/') + 1));
  auto made = webhook("namespaces." + word, ca_pem,
                      {rule({"CREATE", "UPDATE"}, "",
                            {"namespaces", "namespaces/finalize", "namespaces/status"}, "*")});
  made["objectSelector"] = matching({exists(label)});
  return made;
}

Task<Result<>> write(kube::KubeApi& api, const char* method, std::string path, json::value body,
                     const char* type) {
  net::HttpRequest request;
  request.method = method;
  request.target = std::move(path) + std::string(kOwner);
  request.headers.set("Content-Type", type);
  request.body = json::serialize(body);
  auto answer = co_await kube::fetch(api, std::move(request));
  if (!answer) co_return base::fail(answer);
  if (answer->status < 300) co_return Result<>{};
  co_return base::fail(net::code_of_status(answer->status), kube::message_of(answer->text()));
}

bool serves(const json::value& node) {
  const auto& metadata = kube::object_at(node, "metadata");
  const auto said = kube::text_at(kube::object_at(metadata, "annotations"), kServedMark);
  int version = 0;
  std::from_chars(said.data(), said.data() + said.size(), version);
  return version >= kVersion;
}

Task<Result<>> all_masters_serve(kube::KubeApi& api) {
  auto nodes = co_await kube::get_json(api, std::string(kMasters));
  if (!nodes) co_return base::fail(nodes);
  const auto& masters = kube::array_at(*nodes, "items");
  if (masters.empty()) co_return base::fail(ErrorCode::kUnavailable, "no master has its node yet");
  for (const auto& node : masters) {
    if (serves(node)) continue;
    co_return base::fail(ErrorCode::kUnavailable,
                         "the agent of master " +
                             kube::text_at(kube::object_at(node, "metadata"), "name") +
                             " does not serve them yet");
  }
  co_return Result<>{};
}

}  // namespace

json::object configuration(const std::string& ca_pem) {
  json::array webhooks{objects_webhook(ca_pem), ingresses_webhook(ca_pem)};
  for (const auto label : kGuardedLabels) webhooks.push_back(namespaces_webhook(label, ca_pem));
  return {{"apiVersion", "admissionregistration.k8s.io/v1"},
          {"kind", "ValidatingWebhookConfiguration"},
          {"metadata", json::object{{"name", kConfigurationName}}},
          {"webhooks", std::move(webhooks)}};
}

Task<Result<>> mark_served(kube::KubeApi& api, std::string node) {
  json::object annotations{{kServedMark, std::to_string(kVersion)}};
  json::object patch{{"metadata", json::object{{"annotations", std::move(annotations)}}}};
  return write(api, "PATCH", "/api/v1/nodes/" + net::percent_encoded(node), std::move(patch),
               "application/merge-patch+json");
}

Task<Result<>> register_admission(kube::KubeApi& api, std::string ca_pem) {
  auto wanted = configuration(ca_pem);
  const auto path = std::string(kConfigurations) + "/" + kConfigurationName;
  auto there = co_await kube::get_json(api, path);
  if (!there && there.error().code != ErrorCode::kNotFound) co_return base::fail(there);
  if (there && kube::object_at(*there, "webhooks") == wanted["webhooks"]) co_return Result<>{};
  if (auto ready = co_await all_masters_serve(api); !ready) co_return ready;
  if (!there) {
    co_return co_await write(api, "POST", std::string(kConfigurations), std::move(wanted),
                             "application/json");
  }
  // As long as it is the one that was read: else the next turn looks again.
  wanted["metadata"].get_object()["resourceVersion"] =
      kube::text_at(kube::object_at(*there, "metadata"), "resourceVersion");
  co_return co_await write(api, "PUT", path, std::move(wanted), "application/json");
}

}  // namespace slipway::admission
