// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "report.pb.h"

namespace slipway::kube {

// What the mirror keeps of each kind; metadata is everyone's and not theirs.

void project_node(const boost::json::value& object, wire::MirrorRow& row);
void project_namespace(const boost::json::value& object, wire::MirrorRow& row);
void project_pod(const boost::json::value& object, wire::MirrorRow& row);
void project_event(const boost::json::value& object, wire::MirrorRow& row);
void project_service(const boost::json::value& object, wire::MirrorRow& row);
void project_deployment(const boost::json::value& object, wire::MirrorRow& row);
void project_replica_set(const boost::json::value& object, wire::MirrorRow& row);
void project_role_binding(const boost::json::value& object, wire::MirrorRow& row);

}  // namespace slipway::kube
