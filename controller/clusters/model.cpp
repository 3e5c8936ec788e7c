// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/model.hpp"

namespace slipway::clusters {

std::string_view name_of(ClusterState state) {
  switch (state) {
    case ClusterState::kCreating:
      return "creating";
    case ClusterState::kHealthy:
      return "healthy";
    case ClusterState::kUnhealthy:
      return "unhealthy";
    case ClusterState::kDeleting:
      return "deleting";
    case ClusterState::kFailed:
      return "failed";
  }
  return "failed";
}

std::string_view name_of(Role role) {
  return role == Role::kMaster ? "master" : "worker";
}

}  // namespace slipway::clusters
