// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/kubeadm_phases.hpp"

#include <utility>

#include "agent/bootstrap/templates.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kMarks = "/var/lib/slipway/phases";
constexpr std::chrono::minutes kPhaseLimit{5};

std::filesystem::path mark(const Phase& phase) {
  return std::filesystem::path(kMarks) / phase.name;
}

}  // namespace

const Phase kCertsPhase{
    "certs",
    {"certs", "all"},
    {"/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/pki/apiserver.key",
     "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
     "/etc/kubernetes/pki/apiserver-kubelet-client.key",
     "/etc/kubernetes/pki/front-proxy-client.crt", "/etc/kubernetes/pki/front-proxy-client.key"}};
const Phase kKubeconfigPhase{
    "kubeconfig",
    {"kubeconfig", "all"},
    {"/etc/kubernetes/admin.conf", "/etc/kubernetes/kubelet.conf",
     "/etc/kubernetes/controller-manager.conf", "/etc/kubernetes/scheduler.conf"}};
const Phase kKubeletStartPhase{"kubelet-start", {"kubelet-start"}, {}};
const Phase kControlPlanePhase{"control-plane", {"control-plane", "all"}, {}};
const Phase kUploadConfigPhase{"upload-config", {"upload-config", "all"}, {}};
const Phase kMarkPhase{"mark-control-plane", {"mark-control-plane"}, {}};
const Phase kTokenPhase{
    "bootstrap-token", {"bootstrap-token", "--skip-token-print"}, {}};  // its output is shown
const Phase kProxyPhase{"addon-kube-proxy", {"addon", "kube-proxy"}, {}};

std::string phase_digest(const wire::DesiredNode& desired) {
  std::string all = kubeadm_init_config(desired);
  for (const auto& file : desired.master().pki()) all += file.path() + '\n' + file.content();
  all += desired.master().encryption_config();
  return pki::sha256_hex(all);
}

KubeadmPhases::KubeadmPhases(const StepContext& context, std::string digest)
    : context_(context), digest_(std::move(digest)) {}

bool KubeadmPhases::done(const Phase& phase) const {
  const auto present = context_.host.read(mark(phase));
  return present && *present == digest_;
}

base::Task<base::Result<>> KubeadmPhases::run(const Phase& phase) const {
  if (done(phase)) co_return base::Result<>{};
  for (const auto& file : phase.makes)
    if (auto removed = context_.host.remove(file); !removed) co_return removed;
  std::vector<std::string> argv{"kubeadm", "init", "phase"};
  argv.insert(argv.end(), phase.words.begin(), phase.words.end());
  argv.insert(argv.end(), {"--config", kKubeadmFile});
  context_.log("kubeadm init phase " + std::string(phase.name));
  auto ran = co_await context_.command(std::move(argv), kPhaseLimit);
  if (!ran) {
    co_return base::fail(ran.error().code, "kubeadm init phase " + std::string(phase.name) + ": " +
                                               ran.error().message);
  }
  co_return context_.host.write(mark(phase), digest_, 0600);
}

}  // namespace slipway::bootstrap
