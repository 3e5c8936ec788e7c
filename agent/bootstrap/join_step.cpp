// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>

#include "agent/bootstrap/api.hpp"
#include "agent/bootstrap/cgroup_driver.hpp"
#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/steps.hpp"
#include "agent/bootstrap/templates.hpp"
#include "agent/dns/kubeconfig.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::chrono::minutes kApiLimit{30};  // the masters may be made at the same time
constexpr std::chrono::minutes kJoinLimit{7};  // kubeadm's own limits are 5 minutes

bool has_credential(Host& host) {
  const auto yaml = host.read(kKubeletConfig);
  return yaml && dns::parse_kubeconfig(*yaml, [&host](const std::string& path) {
                   return host.read(path);
                 }).has_value();
}

Call api_call(const wire::DesiredNode& desired, std::string path) {
  Call call;
  call.host = desired.kubernetes().api_host();
  call.port = static_cast<unsigned short>(desired.kubernetes().api_port());
  call.tls->ca_pem = desired.worker().ca_certificate();
  call.path = std::move(path);
  return call;
}

/// The name under which kubeadm of this version uploads kubelet's configuration.
std::string kubelet_config_map(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const auto minor_at = version.find('.');
  const auto patch_at = version.find('.', minor_at + 1);
  return "/api/v1/namespaces/kube-system/configmaps/kubelet-config-" +
         std::string(version.substr(0, patch_at));
}

/// kubeadm join looks every 5 seconds for what it needs; so it starts when all is there.
StepResult wait_api(const StepContext& context) {
  const auto& desired = context.desired;
  if (desired.worker().ca_certificate().empty()) co_return base::Result<>{};
  const auto& token = desired.worker().bootstrap_token();
  const auto signature = "jws-kubeconfig-" + token.substr(0, token.find('.'));
  Wait ready(context, "the cluster to take nodes", kApiLimit);
  while (co_await ready.more()) {
    auto info = co_await context.host.call(
        api_call(desired, "/api/v1/namespaces/kube-public/configmaps/cluster-info"));
    if (!info) {
      ready.found(info.error().message);
      continue;
    }
    if (info->body.find(signature) == std::string::npos) {
      ready.found(info->status == 200 ? "the join token is not signed yet"
                                      : fmt::format("cluster-info: status {}", info->status));
      continue;
    }
    auto call = api_call(desired, kubelet_config_map(desired.kubernetes().version()));
    call.bearer = token;
    auto config = co_await context.host.call(std::move(call));
    // from 1.24 the name has no version: then kubeadm itself waits
    const bool unversioned = config && config->status == 403;
    if (config && (config->status == 200 || unversioned)) co_return base::Result<>{};
    ready.found(config ? fmt::format("kubelet's configuration: status {}", config->status)
                       : config.error().message);
  }
  co_return ready.failure();
}

}  // namespace

StepResult run_join(const StepContext& context) {
  if (auto same = check_cgroup_drivers(context); !same) co_return same;
  if (has_credential(context.host)) {
    auto active = co_await is_active(context, "kubelet.service");
    if (!active) co_return base::fail(active);
    if (*active) co_return base::Result<>{};
    auto started = co_await context.command({"systemctl", "start", "kubelet.service"});
    if (!started) co_return base::fail(started);
    co_return base::Result<>{};
  }
  const auto config = context.ensure_file(kKubeadmFile, kubeadm_join_config(context.desired), 0600);
  if (!config) co_return base::fail(config);
  auto answered = co_await wait_api(context);
  if (!answered) co_return answered;
  // of an attempt that was cut off: kubeadm takes an old file for a finished one
  for (const char* left : {kKubeletConfig, "/etc/kubernetes/bootstrap-kubelet.conf"})
    if (auto removed = context.host.remove(left); !removed) co_return removed;
  // what matters of preflight, the steps before have checked; its image check wants a crictl
  auto joined = co_await context.command(
      {"kubeadm", "join", "--config", kKubeadmFile, "--ignore-preflight-errors=all"}, kJoinLimit);
  if (!joined) {
    co_await log_journal(context, "kubelet.service");
    co_return base::fail(joined);
  }
  co_return check_cgroup_drivers(context);  // kubelet has its configuration now
}

}  // namespace slipway::bootstrap
