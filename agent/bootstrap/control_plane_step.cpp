// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cstdlib>
#include <string>

#include "agent/bootstrap/api.hpp"
#include "agent/bootstrap/cgroup_driver.hpp"
#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/kubeadm_phases.hpp"
#include "agent/bootstrap/ports.hpp"
#include "agent/bootstrap/steps.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::chrono::minutes kApiLimit{5};
constexpr std::chrono::minutes kOthersLimit{15};  // etcd may wait for the other masters
constexpr unsigned kLooksBetweenChecks = 20;
constexpr auto kKubelet = "kubelet.service";
constexpr auto kRbac = "/apis/rbac.authorization.k8s.io/v1/";

base::Result<> write_inputs(const StepContext& context) {
  const auto& master = context.desired.master();
  if (auto made = context.host.make_directory(kPkiDirectory, 0755); !made) return made;
  for (const auto& file : master.pki()) {
    const auto path = std::filesystem::path(kPkiDirectory) / file.path();
    if (auto kept = context.ensure_file(path, file.content(), file.secret() ? 0600 : 0644); !kept)
      return base::fail(kept);
  }
  if (!master.encryption_config().empty())
    if (auto kept = context.ensure_file(kEncryptionFile, master.encryption_config(), 0600); !kept)
      return base::fail(kept);
  if (auto kept = context.ensure_file(kKubeadmFile, kubeadm_init_config(context.desired), 0600);
      !kept)
    return base::fail(kept);
  return {};
}

StepResult start_kubelet(const StepContext& context) {
  auto active = co_await is_active(context, kKubelet);
  if (!active) co_return base::fail(active);
  if (*active) co_return base::Result<>{};
  auto started = co_await context.command({"systemctl", "start", kKubelet});
  if (!started) co_return base::fail(started);
  co_return base::Result<>{};
}

StepResult wait_done(const StepContext& context, std::string step) {
  Wait other(context, "step " + step, kOthersLimit, std::chrono::milliseconds(20));
  while (co_await other.more())
    if (context.run.done(step)) co_return base::Result<>{};
  co_return other.failure();
}

/// The API server's log, one file a start: kubelet counts them and keeps the last two.
struct ServerLog {
  unsigned starts = 0;
  std::string last;  ///< its path; empty: there is none yet
};

ServerLog server_log(Host& host) {
  const std::filesystem::path pods = "/var/log/pods";
  ServerLog log;
  for (const auto& pod : host.list(pods)) {
    if (!pod.starts_with("kube-system_kube-apiserver")) continue;
    for (const auto& file : host.list(pods / pod / "kube-apiserver")) {
      const auto starts = static_cast<unsigned>(std::strtoul(file.c_str(), nullptr, 10)) + 1;
      if (starts < log.starts) continue;
      log = {starts, (pods / pod / "kube-apiserver" / file).string()};
    }
  }
  return log;
}

base::Task<std::string> server_words(const StepContext& context, std::string log) {
  if (log.empty()) co_return "nothing";
  auto said = co_await context.command({"tail", "--lines=20", log});
  co_return said ? last_words(*said) : said.error().message;
}

/// How often kubelet and the API server have been started.
struct Starts {
  unsigned kubelet = 0;
  unsigned server = 0;
};

base::Task<Starts> count_starts(const StepContext& context) {
  co_return Starts{co_await restarts(context, kKubelet), server_log(context.host).starts};
}

/// An error where waiting for the API server is pointless: it, or kubelet, ends again and again.
StepResult look_closer(const StepContext& context, Starts before) {
  const auto now = co_await count_starts(context);
  if (now.server > before.server + kCrashLoop)
    co_return base::fail(
        base::ErrorCode::kInternal,
        fmt::format("the API server ended {} times; it said last: {}", now.server - 1,
                    co_await server_words(context, server_log(context.host).last)));
  if (now.kubelet >= before.kubelet + kCrashLoop)
    co_return base::fail(base::ErrorCode::kInternal,
                         fmt::format("kubelet ended {} times; it said last: {}", now.kubelet,
                                     co_await unit_words(context, kKubelet)));
  co_return base::Result<>{};
}

StepResult wait_api(const StepContext& context) {
  Wait ready(context, "the API server to be ready", kApiLimit);
  const auto before = co_await count_starts(context);
  unsigned looks = 0;
  while (co_await ready.more()) {
    auto answer = co_await ask_api(context, {.kubeconfig = kAdminConfig, .path = "/readyz"});
    if (answer && answer->status == 200) co_return base::Result<>{};
    ready.found(answer ? fmt::format("status {}", answer->status) : answer.error().message);
    if (++looks % kLooksBetweenChecks != 0) continue;
    auto hopeful = co_await look_closer(context, before);
    if (!hopeful) co_return hopeful;
  }
  if (!context.run.interrupted()) {  // why: what kubelet says, and the server itself
    co_await log_journal(context, kKubelet);
    (void)co_await server_words(context, server_log(context.host).last);
  }
  co_return ready.failure();
}

/// kubelet has asked in vain so far, and pauses for up to 7 s between its attempts to register: a
/// new one registers at once. Its pods run on.
StepResult hasten_registration(const StepContext& context) {
  auto node = co_await ask_api(context, {.kubeconfig = kAdminConfig,
                                         .path = "/api/v1/nodes/" + context.desired.node_name()});
  if (!node) co_return base::fail(node);
  if (node->status != 404) co_return base::Result<>{};
  auto restarted = co_await context.command({"systemctl", "restart", kKubelet});
  if (!restarted) co_return base::fail(restarted);
  co_return base::Result<>{};
}

/// An object that nobody else writes: made once, there already is as good.
StepResult create(const StepContext& context, std::string resource, std::string object) {
  ApiRequest request;
  request.kubeconfig = kAdminConfig;
  request.method = "POST";
  request.path = kRbac + resource;
  request.content_type = "application/json";
  request.body = std::move(object);
  auto answer = co_await ask_api(context, std::move(request));
  if (!answer) co_return base::fail(answer);
  if (answer->status < 300 || answer->status == 409) co_return base::Result<>{};
  co_return base::fail(base::ErrorCode::kInternal,
                       "the API server refuses " + resource + ": " + api_message(*answer));
}

/// What the cluster needs once: kubeadm's configuration, the workers' token, nodes' access to
/// names.
StepResult first_master(const StepContext& context, const KubeadmPhases& phases) {
  using namespace base::asio::experimental::awaitable_operators;
  auto [token, uploaded, role] =
      co_await (phases.run(kTokenPhase) && phases.run(kUploadConfigPhase) &&
                create(context, "clusterroles", dns_role()));
  if (!token) co_return token;
  if (!uploaded) co_return uploaded;
  if (!role) co_return role;
  co_return co_await create(context, "clusterrolebindings", dns_role_binding());
}

}  // namespace

StepResult run_control_plane(const StepContext& context) {
  if (auto written = write_inputs(context); !written) co_return written;
  const KubeadmPhases phases(context, phase_digest(context.desired));
  for (const Phase* phase : {&kCertsPhase, &kKubeconfigPhase, &kKubeletStartPhase}) {
    auto ran = co_await phases.run(*phase);
    if (!ran) co_return ran;
  }
  auto kubelet = co_await start_kubelet(context);  // after a reboot; kubelet-start did it at first
  if (!kubelet) co_return kubelet;
  if (auto same = check_cgroup_drivers(context); !same) co_return same;
  for (const char* other : {"etcd", "images"}) {
    auto done = co_await wait_done(context, other);
    if (!done) co_return done;
  }
  const auto port = static_cast<unsigned short>(context.desired.kubernetes().api_port());
  auto free = co_await check_ports(context, {port}, "the API server", [](const Listener& listener) {
    return listener.program.starts_with("kube-apiserver");
  });
  if (!free) co_return free;
  auto manifests = co_await phases.run(kControlPlanePhase);
  if (!manifests) co_return manifests;
  auto api = co_await wait_api(context);
  if (!api) co_return api;
  auto hastened = co_await hasten_registration(context);
  if (!hastened) co_return hastened;
  if (context.desired.master().first()) {
    auto first = co_await first_master(context, phases);
    if (!first) co_return first;
  }
  co_return co_await phases.run(kMarkPhase);
}

StepResult run_kube_proxy(const StepContext& context) {
  if (context.desired.role() != wire::MASTER || !context.desired.master().first()) {
    context.log("made by the first master");
    co_return base::Result<>{};
  }
  const KubeadmPhases phases(context, phase_digest(context.desired));
  co_return co_await phases.run(kProxyPhase);
}

}  // namespace slipway::bootstrap
