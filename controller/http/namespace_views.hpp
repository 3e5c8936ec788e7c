// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// A namespace with its cluster, project and department, and the caller's role there.
boost::json::object placed_view(const Services& services, const Caller& caller,
                                const clusters::ClusterName& cluster, const wire::MirrorRow& row);

}  // namespace slipway::http
