// SPDX-License-Identifier: Apache-2.0
#include "controller/http/socket_refusal.hpp"

#include <algorithm>

#include "controller/http/public_api.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::http {

namespace {

/// Is `wanted` one of a header's comma-separated words?
bool lists(std::string_view header, std::string_view wanted) {
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    auto word = header.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (word == wanted) return true;
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return false;
}

}  // namespace

bool takes_refusal(const net::HttpRequest& request) {
  const auto& headers = request.headers;
  return request.method == "GET" && net::upgrade_of(headers) == "websocket" &&
         !headers.has("Authorization") && !cookie(headers, kSessionCookie).empty() &&
         headers.has("Origin") && same_origin(headers) &&
         lists(headers.get("Sec-WebSocket-Protocol"), kRefusalProtocol);
}

net::HttpServer::Farewell farewell_of(const Problem& problem) {
  const auto clean = wire::clean_text(problem.detail);
  return {.code = static_cast<std::uint16_t>(kRefusalCodes + problem.status),
          .reason = wire::head_of(clean, net::kMaxFarewellBytes),
          .protocol = kRefusalProtocol};
}

}  // namespace slipway::http
