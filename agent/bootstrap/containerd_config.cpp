// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "agent/bootstrap/quote.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {

std::string containerd_config(const wire::DesiredNode& desired, bool may_raise_oom_score) {
  const auto& kubernetes = desired.kubernetes();
  const bool systemd = kubernetes.cgroup_driver() != "cgroupfs";
  return fmt::format(R"(# written by slipway-agent
version = 2
oom_score = {oom_score}

[grpc]
  address = "{socket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = {sandbox}
  restrict_oom_score_adj = {restrict}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = {systemd}

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{registries}"
)",
                     fmt::arg("oom_score", may_raise_oom_score ? -999 : 0),
                     fmt::arg("socket", kContainerdSocket),
                     fmt::arg("sandbox", double_quoted(kubernetes.sandbox_image())),
                     fmt::arg("restrict", !may_raise_oom_score), fmt::arg("systemd", systemd),
                     fmt::arg("registries", kRegistryDirectory));
}

std::string registry_hosts(const wire::RegistryMirror& mirror) {
  std::string text = "# written by slipway-agent\n";
  text += fmt::format("server = {}\n", double_quoted("https://" + mirror.host()));
  for (const auto& endpoint : mirror.endpoints()) {
    text += fmt::format("\n[host.{}]\n  capabilities = [\"pull\", \"resolve\"]\n",
                        double_quoted(endpoint));
    if (mirror.insecure()) text += "  skip_verify = true\n";
  }
  return text;
}

}  // namespace slipway::bootstrap
