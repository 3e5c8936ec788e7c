// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>

#include "report.pb.h"

namespace slipway::kube {

inline constexpr std::size_t kMaxMessageBytes = 1024;
inline constexpr int kMaxParts = 64;  ///< of a list inside a row: ports, paths, keys, images

// What the mirror keeps of each kind; metadata is everyone's and not theirs.

void project_node(const boost::json::value& object, wire::MirrorRow& row);
void project_namespace(const boost::json::value& object, wire::MirrorRow& row);
void project_pod(const boost::json::value& object, wire::MirrorRow& row);
void project_event(const boost::json::value& object, wire::MirrorRow& row);
void project_service(const boost::json::value& object, wire::MirrorRow& row);
void project_deployment(const boost::json::value& object, wire::MirrorRow& row);
void project_replica_set(const boost::json::value& object, wire::MirrorRow& row);
void project_stateful_set(const boost::json::value& object, wire::MirrorRow& row);
void project_daemon_set(const boost::json::value& object, wire::MirrorRow& row);
void project_job(const boost::json::value& object, wire::MirrorRow& row);
void project_cron_job(const boost::json::value& object, wire::MirrorRow& row);
void project_ingress(const boost::json::value& object, wire::MirrorRow& row);
/// Names and sizes of the keys: never what they hold.
void project_config_map(const boost::json::value& object, wire::MirrorRow& row);
void project_secret(const boost::json::value& object, wire::MirrorRow& row);
void project_claim(const boost::json::value& object, wire::MirrorRow& row);
void project_volume(const boost::json::value& object, wire::MirrorRow& row);
void project_storage_class(const boost::json::value& object, wire::MirrorRow& row);
void project_quota(const boost::json::value& object, wire::MirrorRow& row);
void project_limit_range(const boost::json::value& object, wire::MirrorRow& row);
void project_autoscaler(const boost::json::value& object, wire::MirrorRow& row);
void project_role_binding(const boost::json::value& object, wire::MirrorRow& row);
void project_application(const boost::json::value& object, wire::MirrorRow& row);

}  // namespace slipway::kube
