// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/http/places.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// The entry with who did it, from where and in which request.
inline access::AuditEntry by(const Caller& caller, access::AuditEntry entry) {
  const bool known = caller.proof != Proof::kNone;
  entry.actor = known ? caller.user.name : "-";
  entry.role = known ? std::string(access::name_of(caller.user.role)) : "";
  entry.from = caller.address;
  entry.request_id = caller.request_id;
  return entry;
}

/// An argument of the path, empty where the route has none of that name.
inline std::string argument_of(const std::map<std::string, std::string>& path, const char* name) {
  const auto found = path.find(name);
  return found == path.end() ? std::string{} : found->second;
}

/// The audit line of an opened (or refused) terminal; the one place that words it.
template <class T>
void audit_socket(Services& services, const Call& call, const std::string& action,
                  const base::Result<T>& opened, const std::string& detail) {
  const auto path = call.request.target.substr(0, call.request.target.find('?'));
  constexpr std::string_view kRoot = "/api/v1/";
  const auto outcome = opened ? "ok" : std::string(base::name_of(opened.error().code));
  services.audit.record(
      by(call.caller, {.action = action,
                       .object = path.starts_with(kRoot) ? path.substr(kRoot.size()) : path,
                       .outcome = outcome,
                       .detail = opened ? detail : detail + " | " + opened.error().message,
                       .cluster = cluster_name(services, argument_of(call.path, "cluster")),
                       .name_space = argument_of(call.path, "namespace")}));
}

}  // namespace slipway::http
