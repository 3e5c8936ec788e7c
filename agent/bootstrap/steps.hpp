// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/bootstrap/step.hpp"

/// The steps themselves, one function each; plan.cpp says what each needs.
namespace slipway::bootstrap {

using StepResult = base::Task<base::Result<>>;

/// Certificates fail, and logs mislead, when the clocks are further apart.
inline constexpr std::chrono::milliseconds kMaxClockOffset = std::chrono::minutes(5);

/// More than five minutes off the controller's clock is set right, or the bootstrap ends here.
StepResult run_clock(const StepContext& context);
/// Formats what is blank, mounts, grows; refuses a disk that holds something else.
StepResult run_disks(const StepContext& context);
/// Kernel settings, and who may log in.
StepResult run_kernel(const StepContext& context);
StepResult run_containerd(const StepContext& context);
/// Every image that the node needs is in containerd's store.
StepResult run_images(const StepContext& context);
/// The pods' network of this node and the routes to those of the others.
StepResult run_cni(const StepContext& context);
/// The DNS server of the node; who feeds it is agent/dns.
StepResult run_dns(const StepContext& context);
StepResult run_etcd(const StepContext& context);
StepResult run_control_plane(const StepContext& context);
StepResult run_join(const StepContext& context);
/// kube-proxy as kubeadm's addon: the first master's to do.
StepResult run_kube_proxy(const StepContext& context);
/// Labels and the pod CIDR of the node's own object.
StepResult run_labels(const StepContext& context);
/// The API server says that this node is Ready.
StepResult run_ready(const StepContext& context);

}  // namespace slipway::bootstrap
