// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "controller/access/kube_use.hpp"
#include "controller/http/routes.hpp"
#include "order.pb.h"
#include "protocol/link/splice.hpp"
#include "protocol/net/http.hpp"
#include "stream.pb.h"

namespace slipway::http {

/// The path at the API server for what followed ".../proxy/"; kInvalid for what two parsers could
/// read in two ways: `//`, `.`, `..`, encoded slashes, backslashes, control characters.
base::Result<std::string> api_path(std::string_view rest);
/// The query that goes on with it, from its `?` on, empty where the target has none; kInvalid for
/// a `;`, at which some servers take it apart too, and for a `#`. Coded ones go on.
base::Result<std::string> api_query(std::string_view target);
/// What the request does there; `rest` as api_path takes it.
access::KubeRequestPath use_of(const std::string& method, std::string_view rest, bool upgraded);
/// Whether its answer may rightly have no head for hours: a watch, a followed log, what a pod or a
/// service is asked by a `proxy`. Only what the caller's going ends: a GET or a HEAD.
bool may_stay_silent(const Call& call);
/// The headers that go on: never an identity of the client's making, always the caller's own.
void put_headers(const net::Headers& from, const wire::Identity& who, wire::HttpOpen& to);
/// Who the caller is to a cluster's API server.
wire::Identity identity_of(const Caller& caller, const std::string& cluster);
/// A refusal as kubectl reads it: a Status object, 429 for kExhausted and 403 for all else.
net::HttpResponse status_of(const base::Error& refused);
/// The answer's headers that go back.
net::Headers answer_headers(const wire::HttpHead& head);

/// The name under which a request is audited: "proxy.delete", "proxy.exec", "proxy.secrets" of who
/// reads those; empty: it is not.
std::string audit_action(const std::string& method, const access::KubeRequestPath& asked,
                         bool upgraded);
/// Whether a refused upgrade says no more than that this server does not speak the client's dialect
/// of WebSocket; kubectl then asks again by SPDY. A refusal for want of rights is a Status in JSON.
bool is_handshake_refusal(const std::string& protocol, const net::HttpResponse& response);
/// A session in the audit log: what the query asked for (container, command, ports), bounded.
std::string describe_session(const Fields& query);
/// And how it went; `right_ended`: what broke it was that its caller may not have it any more.
std::string describe_end(const link::Spliced& told, std::chrono::milliseconds took,
                         bool right_ended);

}  // namespace slipway::http
