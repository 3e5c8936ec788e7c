// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "protocol/policy/findings.hpp"

namespace slipway::policy {

/// A pod, or the template of one, and where in its object it stands: "spec.template." or nothing.
struct PodAt {
  const boost::json::object& pod;  ///< with metadata and spec
  std::string place;
  bool is_placed = false;  ///< a node was chosen for it already, by the scheduler
};

/// All rules for pods.
void check_pod(const PodAt& at, Findings& found);
/// Those for a list of containers: "container", "init container", "ephemeral container".
void check_containers(const boost::json::array& containers, std::string_view called,
                      const std::string& place, Findings& found);

}  // namespace slipway::policy
