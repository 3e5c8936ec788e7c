// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "controller/http/followed_log.hpp"
#include "protocol/net/transport.hpp"

namespace slipway::http {

inline constexpr char kLogProtocol[] = "slipway.log.v1";

/// Shared by the two halves of a session and by the function that begins it.
using SharedLog = std::shared_ptr<FollowedLog>;

/// Tells a log to a page's socket: binary messages are its text, each announced by the cursor of
/// the place after it. Ends with the log or its reader; nothing is read of the log before the
/// socket has taken what came before.
base::Task<> run_log_socket(std::unique_ptr<net::Transport> transport, SharedLog log,
                            LogSubject subject);

}  // namespace slipway::http
