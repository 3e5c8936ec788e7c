// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/intent_views.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxNamespaceName = 63;

/// Sends one request to the API server as an intent; the answer is an ApplyResult of one object.
base::Task<Answer> submit(Services& services, std::string cluster_name, wire::KubeRequest request,
                          std::string name, int status, std::string action) {
  auto cluster = services.clusters.get(cluster_name);
  if (!cluster) co_return base::fail(cluster);
  wire::Intent intent;
  *intent.mutable_request() = std::move(request);
  auto outcome = co_await services.intents.submit(cluster->id, std::move(intent), kIntentWait);
  if (!outcome) co_return base::fail(outcome);
  if (outcome->state != intents::State::kDone) co_return json_response(202, view(*outcome));
  if (!outcome->answer.ok()) co_return std::unexpected(refusal_of(outcome->answer));
  if (outcome->answer.objects().empty()) {
    auto* object = outcome->answer.add_objects();
    object->set_kind("Namespace");
    object->set_name(name);
    object->set_ok(true);
    object->set_http_status(outcome->answer.http_status());
    object->set_action(action);
  }
  co_return json_response(status, view(*outcome));
}

base::Task<Answer> create_namespace(Services& services, Call call) {
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto name = in.text("name", kMaxNamespaceName);
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    in.refuse("name", "must be a DNS label: a-z, 0-9 and -, at most 63 characters");
  }
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  wire::KubeRequest request;
  request.set_method("POST");
  request.set_path("/api/v1/namespaces");
  request.set_content_type("application/json");
  request.set_body(boost::json::serialize(
      boost::json::object{{"apiVersion", "v1"},
                          {"kind", "Namespace"},
                          {"metadata", boost::json::object{{"name", name}}}}));
  auto answer =
      co_await submit(services, call.argument("cluster"), std::move(request), name, 201, "created");
  if (answer) {
    answer->headers.set("Location",
                        "/api/v1/clusters/" + call.argument("cluster") + "/namespaces/" + name);
  }
  co_return answer;
}

base::Task<Answer> remove(Services& services, Call call) {
  const auto& name = call.argument("namespace");
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such namespace");
  }
  wire::KubeRequest request;
  request.set_method("DELETE");
  request.set_path("/api/v1/namespaces/" + name);
  co_return co_await submit(services, call.argument("cluster"), std::move(request), name, 200,
                            "deleted");
}

}  // namespace

Routes namespaces_routes(Services& services) {
  return {
      {.method = "POST",
       .pattern = "/api/v1/clusters/{cluster}/namespaces",
       .action = "namespace.create",
       .answer = [&services](Call call) { return create_namespace(services, std::move(call)); }},
      {.method = "DELETE",
       .pattern = "/api/v1/clusters/{cluster}/namespaces/{namespace}",
       .action = "namespace.delete",
       .answer = [&services](Call call) { return remove(services, std::move(call)); }},
  };
}

}  // namespace slipway::http
