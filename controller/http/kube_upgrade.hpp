// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// Upgraded connections through one cluster's gateway at once: a quarter of its link's streams, so
/// that port-forwards leave room for terminals, logs and requests.
inline constexpr std::size_t kMaxKubeSessions = 256;

/// The upgraded connections to API servers (exec, attach, port-forward, watch by WebSocket): opens
/// them, counts them, audits each once, when it ends.
class KubeSessions {
 public:
  explicit KubeSessions(Services& services) : services_(services) {}

  /// The API server's own answer: a Takeover where it says 101. kDenied for the caller's role,
  /// kExhausted at kMaxKubeSessions.
  base::Task<Upgrade> open(Call call);

 private:
  using Counts = std::map<std::string, std::size_t>;

  Services& services_;
  std::shared_ptr<Counts> open_ = std::make_shared<Counts>();  ///< shared with each one's seat
};

}  // namespace slipway::http
