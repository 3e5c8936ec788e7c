// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/intent_views.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/manifest_policy.hpp"
#include "controller/http/places.hpp"
#include "controller/http/problem.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxDefaultNamespace = 63;
constexpr std::size_t kMostNamed = 3;  ///< objects of a manifest, in its summary

bool is_yaml(std::string_view type) {
  type = type.substr(0, type.find(';'));
  return type == "text/yaml" || type == "application/yaml" || type == "application/x-yaml";
}

/// Who is no administrator changes things in their own namespaces only. The API server is asked in
/// their name and decides; this refuses before it what it would refuse, in our words.
base::Result<wire::TenantIntent> of_tenant(const Services& services, const Caller& caller,
                                           const base::ClusterId& cluster,
                                           const std::vector<manifest::ManifestObject>& objects,
                                           const wire::ApplyManifest& manifest) {
  for (const auto& object : objects) {
    const auto in = namespace_of(object, manifest.default_namespace());
    const auto place = place_of(services, cluster, in);
    const auto may = access::decide(caller.rights, Needs::kWrite, true, &place);
    if (!may) {
      return base::fail(
          base::ErrorCode::kDenied,
          object.kind + " " + object.name + " in namespace " + in + ": " + may.error().message);
    }
  }
  wire::TenantIntent tenant;
  *tenant.mutable_who() = identity_of(caller, cluster.value);
  *tenant.mutable_apply() = manifest;
  return tenant;
}

Answer refused(const manifest::Fault& fault, const std::string& request_id) {
  auto problem = problem_of(fault.error);
  problem.detail = sentence_of(fault);
  problem.line = fault.at.line;
  problem.column = fault.at.column;
  return to_response(problem, request_id);
}

/// "apply 3 objects: Namespace shop, Secret s, …".
std::string summary_of(const std::vector<manifest::ManifestObject>& objects,
                       const wire::ApplyManifest& how) {
  std::string text = (how.dry_run()   ? "try "
                      : how.delete_() ? "delete "
                                      : "apply ") +
                     std::to_string(objects.size()) +
                     (objects.size() == 1 ? " object" : " objects");
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i == kMostNamed) return text + ", …";
    text += (i == 0 ? ": " : ", ") + objects[i].kind + " " + objects[i].name;
  }
  return text;
}

base::Task<Answer> apply(Services& services, Call call) {
  QueryReader query(call.query);
  wire::ApplyManifest manifest;
  manifest.set_default_namespace(query.text("namespace"));
  manifest.set_dry_run(query.flag("dryRun", false));
  manifest.set_delete_(query.flag("delete", false));
  if (query.has("namespace") &&
      !clusters::is_dns_label(manifest.default_namespace(), kMaxDefaultNamespace)) {
    query.refuse("namespace", "must be a DNS label");
  }
  if (!is_yaml(call.request.headers.get("Content-Type"))) {
    query.refuse("Content-Type", "must be text/yaml or application/yaml");
  }
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto objects = co_await services.manifests.read(call.request.body);
  if (!objects) co_return refused(objects.error(), call.caller.request_id);
  manifest.set_yaml(std::move(call.request.body));
  wire::Intent intent;
  if (access::decide(call.caller.rights, Needs::kAdminister, true)) {
    *intent.mutable_apply() = manifest;
  } else {
    auto tenant = of_tenant(services, call.caller, cluster->id, *objects, manifest);
    if (!tenant) co_return base::fail(tenant);
    *intent.mutable_tenant() = std::move(*tenant);
  }
  intent.set_asked_by(call.caller.user.id.value);
  intent.set_summary(summary_of(*objects, manifest));
  if (!manifest.delete_()) {
    PolicyAsked asked{call.caller, cluster->id, manifest.default_namespace()};
    const auto refused = co_await check_policy(services, std::move(asked), *objects);
    if (refused) co_return to_response(*refused, call.caller.request_id);
  }
  auto outcome = co_await services.intents.submit(cluster->id, std::move(intent), kIntentWait);
  if (!outcome) co_return base::fail(outcome);
  if (outcome->state != intents::State::kDone) co_return json_response(202, view(*outcome));
  if (!outcome->answer.ok() && outcome->answer.objects().empty()) {
    co_return std::unexpected(refusal_of(outcome->answer));
  }
  co_return json_response(200, view(*outcome));
}

}  // namespace

Routes manifests_routes(Services& services) {
  return {{.method = "POST",
           .pattern = "/api/v1/clusters/{cluster}/manifests",
           .needs = Needs::kWrite,
           .action = "manifest.apply",
           .answer = [&services](Call call) { return apply(services, std::move(call)); },
           .max_body_bytes = kMaxManifestBytes}};
}

}  // namespace slipway::http
