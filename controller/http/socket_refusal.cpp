// SPDX-License-Identifier: Apache-2.0
#include "controller/http/socket_refusal.hpp"

#include <algorithm>

#include "controller/http/public_api.hpp"
#include "protocol/net/field_list.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::http {

bool takes_refusal(const net::HttpRequest& request) {
  const auto& headers = request.headers;
  const auto offered = net::members_of(headers.get("Sec-WebSocket-Protocol"));
  return request.method == "GET" && net::upgrade_of(headers) == "websocket" &&
         !headers.has("Authorization") && !cookie(headers, kSessionCookie).empty() &&
         headers.has("Origin") && same_origin(headers) &&
         std::ranges::find(offered, std::string_view{kRefusalProtocol}) != offered.end();
}

net::HttpServer::Farewell farewell_of(const Problem& problem) {
  const auto clean = wire::clean_text(problem.detail);
  return {.code = static_cast<std::uint16_t>(kRefusalCodes + problem.status),
          .reason = wire::head_of(clean, net::kMaxFarewellBytes),
          .protocol = kRefusalProtocol};
}

}  // namespace slipway::http
