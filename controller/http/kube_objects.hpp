// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// Reads one JSON document of a cluster's API server, now and in the caller's name: its RBAC
/// decides. `path` begins without a slash and may have a query. kUnavailable: out of reach; else
/// what the API server answered, in its words.
base::Task<base::Result<boost::json::object>> read_kube(Services& services, Caller caller,
                                                        std::string cluster, std::string path);

}  // namespace slipway::http
