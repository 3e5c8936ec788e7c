// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "controller/clusters/clusters.hpp"
#include "protocol/net/http.hpp"
#include "report.pb.h"

namespace slipway::http {

// How clusters and what belongs to them look in answers; the shapes are those of openapi.yaml.
boost::json::object view(const clusters::Cluster& cluster);
/// 202 with the cluster and the operation that does what was asked.
net::HttpResponse accepted_response(const clusters::Accepted& accepted);
boost::json::object view(const clusters::Node& node, const std::optional<wire::NodeHealth>& health);
boost::json::object machine_view(const clusters::Node& node);
boost::json::object view(const clusters::OperationView& operation);
boost::json::object view(const clusters::OperationRecord& operation,
                         const std::string& cluster_name);

}  // namespace slipway::http
