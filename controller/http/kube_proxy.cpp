// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/kube_stream.hpp"
#include "controller/http/kube_upgrade.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/right_end.hpp"

namespace slipway::http {

namespace {

/// What was refused here while the API server had not answered.
bool reads_as_status(const base::Error& why) {
  return why.code == base::ErrorCode::kExhausted || is_right_end(why);
}

base::Task<Answer> proxy(Services& services, Call call) {
  const auto& method = call.request.method;
  const auto action = audit_action(method, use_of(method, call.argument("path"), false), false);
  if (auto may = may_ask(services, call, false); !may) {
    co_return refuse_kube(services, call, action, may.error());
  }
  auto response = co_await exchange_kube(services, call);
  audit_kube(services, call, action, outcome_of(response),
             response ? "" : response.error().message);
  if (!response && reads_as_status(response.error())) co_return status_of(response.error());
  if (!response) co_return base::fail(response);
  // A HEAD keeps its body, which is not sent: an empty one would tell a length that is not true.
  if (response->status == 204 || response->status == 304) response->body = std::string{};
  co_return response;
}

}  // namespace

Routes kube_proxy_routes(Services& services) {
  Routes routes;
  auto sessions = std::make_shared<KubeSessions>(services);  // shared by the routes below
  for (const auto* method : {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}) {
    routes.push_back({.method = method,
                      .pattern = "/api/v1/clusters/{cluster}/proxy/{path...}",
                      .needs = Needs::kLook,
                      .action = "",
                      .answer = [&services](Call call) { return proxy(services, std::move(call)); },
                      .upgrade = [sessions](Call call) { return sessions->open(std::move(call)); },
                      .max_body_bytes = kMaxProxyBytes,
                      .bearer_only = true});
  }
  return routes;
}

}  // namespace slipway::http
