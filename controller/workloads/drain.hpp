// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::workloads {

/// What becomes of a pod when its node is emptied.
enum class DrainFate {
  kEvict,      ///< is to go
  kGoing,      ///< is being deleted already
  kDaemonSet,  ///< stays: its DaemonSet would put it back at once
  kStatic,     ///< stays: kubelet runs it by a file on the node
};

/// A pod of a node that is emptied.
struct DrainedPod {
  std::string name_space;
  std::string name;
  std::string uid;
  std::string controller = {};  ///< "ReplicaSet web-1"; empty: nobody would make it anew
  DrainFate fate = DrainFate::kEvict;
  bool bare = false;                         ///< is lost for good when it goes
  std::vector<std::string> local_data = {};  ///< its emptyDir volumes, which go with it
};

/// What the caller bears to lose.
struct DrainLeave {
  bool force = false;              ///< pods that nobody makes anew
  bool delete_local_data = false;  ///< what lies in emptyDir volumes
};

/// Of a list of pods as the API server has it, by namespace and name.
std::vector<DrainedPod> drained_pods(const boost::json::object& list);
/// Which leave an eviction of it would need and has not: "force", "deleteLocalData".
std::vector<std::string_view> missing_leave(const DrainedPod& pod, const DrainLeave& leave);

/// The body that asks for an eviction: of that pod, not of another one of its name. `grace_seconds`
/// 0: the pod's own.
boost::json::object eviction_of(const DrainedPod& pod, int grace_seconds, bool dry_run);

}  // namespace slipway::workloads
