// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// The audit line of an opened (or refused) terminal; the one place that words it.
template <class T>
void audit_socket(Services& services, const Call& call, const std::string& action,
                  const base::Result<T>& opened, const std::string& detail) {
  const auto path = call.request.target.substr(0, call.request.target.find('?'));
  constexpr std::string_view kRoot = "/api/v1/";
  services.audit.record({.actor = call.caller.user.name,
                         .role = std::string(access::name_of(call.caller.user.role)),
                         .from = call.caller.address,
                         .action = action,
                         .object = path.substr(kRoot.size()),
                         .outcome = opened ? "ok" : std::string(base::name_of(opened.error().code)),
                         .detail = opened ? detail : detail + " | " + opened.error().message,
                         .request_id = call.caller.request_id});
}

}  // namespace slipway::http
