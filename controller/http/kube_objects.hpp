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

/// What an API server answered to a request that was not only to be read.
struct KubeAnswer {
  int status = 0;
  std::string message;  ///< its words, where it refused
};
/// Posts one JSON document, now or not at all: nothing of it waits for a cluster out of reach, as
/// an intent would. Else as read_kube().
base::Task<base::Result<KubeAnswer>> post_kube(Services& services, Caller caller,
                                               std::string cluster, std::string path,
                                               boost::json::object body);

}  // namespace slipway::http
