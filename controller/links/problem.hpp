// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/base/error.hpp"
#include "protocol/net/http.hpp"

namespace slipway::links {

/// A refusal to an agent as a problem document (RFC 9457). `status` 0: the code's own.
net::HttpResponse problem(const base::Error& why, int status = 0);

}  // namespace slipway::links
