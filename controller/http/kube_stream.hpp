// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "protocol/link/link.hpp"

namespace slipway::http {

inline constexpr std::chrono::seconds kKubeHeadWait{75};  ///< the API server's own limit is 60 s

/// Sends the call's head to the API server of its cluster, by the gateway; with `upgrade` as a
/// request for that protocol. kInvalid for its path; kUnavailable: no gateway is linked.
base::Result<link::StreamPtr> open_kube_stream(Services& services, const Call& call,
                                               const std::string& upgrade, bool interactive);
/// The head of the answer: from 200 on, with a body that streams; or 101 where an upgrade was asked
/// for, after which the stream goes on with bytes.
base::Task<base::Result<net::HttpResponse>> read_kube_head(link::StreamPtr stream, bool upgrade);

/// One request of the caller's and its answer's head; the body streams. kTimeout: no head came
/// within `head_wait`, which is not asked of what may_stay_silent.
base::Task<base::Result<net::HttpResponse>> exchange_kube(
    Services& services, const Call& call, std::chrono::milliseconds head_wait = kKubeHeadWait);

/// Whether the caller may ask the API server for this at all; kDenied, kNotFound: no such cluster.
base::Result<> may_ask(const Services& services, const Call& call, bool upgraded);
/// Says so, to kubectl as a Status, and to the audit log.
net::HttpResponse refuse_kube(Services& services, const Call& call, const std::string& action,
                              const base::Error& why);

/// The audit line of a request through the proxy; none without an action.
void audit_kube(Services& services, const Call& call, const std::string& action,
                const std::string& outcome, const std::string& detail);
std::string outcome_of(const base::Result<net::HttpResponse>& response);

}  // namespace slipway::http
