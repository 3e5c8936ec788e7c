// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/http/routes.hpp"
#include "protocol/net/http.hpp"
#include "stream.pb.h"

namespace slipway::http {

/// The path at the API server for what followed ".../proxy/"; kInvalid for what two parsers could
/// read in two ways: `//`, `.`, `..`, encoded slashes, backslashes, control characters.
base::Result<std::string> api_path(std::string_view rest);
/// Is it a subresource that needs an upgraded connection (exec, attach, portforward)?
bool wants_upgrade(std::string_view path);
/// The headers that go on: never an identity of the client's making, always the caller's own.
void put_headers(const net::Headers& from, const access::User& user, wire::HttpOpen& to);
/// The answer's headers that go back.
net::Headers answer_headers(const wire::HttpHead& head);

}  // namespace slipway::http
