// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// A route that answers by a plain function and opens no socket.
inline Route plain_route(Services& services, const char* method, const std::string& pattern,
                         Needs needs, const char* action,
                         base::Task<Answer> (*answer)(Services&, Call)) {
  return {.method = method,
          .pattern = pattern,
          .needs = needs,
          .action = action,
          .answer = [&services, answer](Call call) { return answer(services, std::move(call)); }};
}

/// One whose requests have no body.
inline Route without_body(Route route) {
  route.no_body = true;
  return route;
}

// One function a file. Functions of the routes refer to `services`, which outlives them.
Routes sessions_routes(Services& services);
Routes tokens_routes(Services& services);
Routes users_routes(Services& services);
Routes departments_routes(Services& services);
Routes projects_routes(Services& services);
Routes agent_releases_routes(Services& services);
Routes audit_routes(Services& services);
Routes ca_rotation_routes(Services& services);
Routes canaries_routes(Services& services);
Routes capabilities_routes(Services& services);
Routes clusters_routes(Services& services);
Routes key_pairs_routes(Services& services);
Routes nodes_routes(Services& services);
Routes machines_routes(Services& services);
Routes operations_routes(Services& services);
Routes kubeconfig_routes(Services& services);
Routes publish_routes(Services& services);
Routes namespaces_routes(Services& services);
Routes namespace_quota_routes(Services& services);
Routes budgets_routes(Services& services);
Routes manifests_routes(Services& services);
Routes intents_routes(Services& services);
Routes objects_routes(Services& services);
Routes mirror_routes(Services& services);
Routes workloads_routes(Services& services);
Routes used_by_routes(Services& services);
Routes secrets_routes(Services& services);
Routes applications_routes(Services& services);
Routes pod_log_routes(Services& services);
Routes merged_log_routes(Services& services);
Routes exec_routes(Services& services);
Routes terminals_routes(Services& services);
Routes node_shell_routes(Services& services);
Routes shell_recordings_routes(Services& services);
Routes events_routes(Services& services);
Routes kube_proxy_routes(Services& services);
Routes health_routes(Services& services);

/// All of them: what the public port serves.
Routes all_routes(Services& services);

}  // namespace slipway::http
