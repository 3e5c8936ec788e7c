// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

inline constexpr auto kKubeletFile = "/var/lib/kubelet/config.yaml";

/// The last `--cgroup-driver` among kubelet's arguments in an environment file; empty for none.
std::string driver_in_arguments(std::string_view environment);

/// kInvalid where kubelet and containerd would put pods into cgroups in different ways: no pod
/// would start, and only kubelet's log would say why. Names both drivers and the file with
/// kubelet's.
base::Result<> check_cgroup_drivers(const StepContext& context);

}  // namespace slipway::bootstrap
