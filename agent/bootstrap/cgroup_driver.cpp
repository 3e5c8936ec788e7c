// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/cgroup_driver.hpp"

#include <fmt/format.h>

#include <array>

#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kContainerdFile = "/etc/containerd/config.toml";
// As kubelet.service reads them; of two that say the same thing, kubelet takes the last.
constexpr std::array kArgumentFiles{"/etc/default/kubelet", "/var/lib/kubelet/kubeadm-flags.env"};

/// What stands after `key` up to the end of its word, without quotes; empty where it does not
/// stand.
std::string value_after(std::string_view text, std::string_view key) {
  const auto at = text.rfind(key);
  if (at == text.npos) return {};
  auto rest = text.substr(at + key.size());
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '=' || rest.front() == '"'))
    rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find_first_of(" \t\r\n\"'")));
}

struct Driver {
  std::string name;
  std::string file;
};

Driver kubelet_driver(Host& host) {
  for (const auto* file : kArgumentFiles) {
    auto name = driver_in_arguments(host.read(file).value_or(""));
    if (!name.empty()) return {std::move(name), file};
  }
  return {value_after(host.read(kKubeletFile).value_or(""), "cgroupDriver:"), kKubeletFile};
}

std::string containerd_driver(Host& host) {
  const auto systemd = value_after(host.read(kContainerdFile).value_or(""), "SystemdCgroup");
  return systemd.empty() ? "" : systemd == "true" ? "systemd" : "cgroupfs";
}

}  // namespace

std::string driver_in_arguments(std::string_view environment) {
  return value_after(environment, "--cgroup-driver");
}

base::Result<> check_cgroup_drivers(const StepContext& context) {
  const auto kubelet = kubelet_driver(context.host);
  const auto containerd = containerd_driver(context.host);
  if (kubelet.name.empty() || containerd.empty() || kubelet.name == containerd) return {};
  return base::fail(base::ErrorCode::kInvalid,
                    fmt::format("kubelet's cgroup driver is {} (in {}), containerd's is {} (in "
                                "{}): no pod can start; the cluster's is {}, make both that one",
                                kubelet.name, kubelet.file, containerd, kContainerdFile,
                                context.desired.kubernetes().cgroup_driver()));
}

}  // namespace slipway::bootstrap
