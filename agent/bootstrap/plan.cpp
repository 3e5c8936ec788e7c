// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/plan.hpp"

#include <utility>

#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {

// The CNI configuration is there before kubelet's first look, so that the node is Ready at once.
// control-plane starts before etcd is up (certificates, kubelet) and waits for it by itself;
// labels and ready watch for the node's object while kubeadm still counts its pods.
std::vector<Step> plan(const wire::DesiredNode& desired) {
  std::vector<Step> steps{
      {"clock", {}, run_clock},
      {"disks", {"clock"}, run_disks},
      {"kernel", {}, run_kernel},
      {"containerd", {"disks", "kernel"}, run_containerd},
      {"images", {"containerd"}, run_images},
      {"cni", {"kernel"}, run_cni},
      {"dns", {}, run_dns},
  };
  if (desired.role() == wire::MASTER) {
    steps.push_back({"etcd", {"disks"}, run_etcd});
    steps.push_back({"control-plane", {"containerd", "cni"}, run_control_plane});
    steps.push_back({"kube-proxy", {"control-plane"}, run_kube_proxy});
  } else {
    steps.push_back({"join", {"containerd", "images", "cni"}, run_join});
    steps.push_back({"kube-proxy", {"join"}, run_kube_proxy});
  }
  steps.push_back({"labels", {"containerd", "cni"}, run_labels});
  steps.push_back({"ready", {"labels"}, run_ready});
  return steps;
}

}  // namespace slipway::bootstrap
