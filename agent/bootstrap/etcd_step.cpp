// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "agent/bootstrap/etcd_log.hpp"
#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/ports.hpp"
#include "agent/bootstrap/steps.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::chrono::seconds kAloneLimit{90};
constexpr std::chrono::minutes kTogetherLimit{10};  // the other masters may boot later
constexpr unsigned kLooksBetweenChecks = 10;
constexpr std::chrono::seconds kFirstEntryLimit{10};  // one that lives writes it in milliseconds
constexpr unsigned short kClientPort = 2379;
constexpr unsigned short kPeerPort = 2380;
constexpr auto kUnit = "etcd.service";
constexpr auto kEnvironmentFile = "/etc/default/etcd";
constexpr auto kDropIn = "/etc/systemd/system/etcd.service.d/10-slipway.conf";
// A member waits for the others before it says that it is ready: systemd must not lose patience.
// One whose disk was full comes back when there is room: systemd must not give it up either.
constexpr auto kDropInText =
    "[Unit]\nStartLimitIntervalSec=0\n"
    "[Service]\nTimeoutStartSec=infinity\nRestart=always\nRestartSec=2\n";

const std::string* pki_content(const wire::DesiredNode& desired, std::string_view path) {
  for (const auto& file : desired.master().pki())
    if (file.path() == path) return &file.content();
  return nullptr;
}

/// etcd's own copies: it does not run as root.
base::Result<bool> write_pki(const StepContext& context) {
  constexpr std::array kFiles{"ca.crt", "server.crt", "server.key", "peer.crt", "peer.key"};
  if (auto made = context.host.make_directory(kEtcdPkiDirectory, 0700, "etcd"); !made)
    return base::fail(made);
  bool changed = false;
  for (const auto* name : kFiles) {
    const auto* content = pki_content(context.desired, std::string("etcd/") + name);
    if (!content)
      return base::fail(base::ErrorCode::kInvalid,
                        fmt::format("the controller sent no etcd/{}: the master's PKI is not "
                                    "whole",
                                    name));
    auto kept = context.ensure_file(std::filesystem::path(kEtcdPkiDirectory) / name, *content, 0600,
                                    "etcd");
    if (!kept) return base::fail(kept);
    changed |= *kept;
  }
  return changed;
}

/// Without what only a member reads that has no data yet: who it finds its cluster by.
std::string lasting(std::string_view environment) {
  std::string kept;
  while (!environment.empty()) {
    const auto end = std::min(environment.find('\n'), environment.size() - 1) + 1;
    const auto line = environment.substr(0, end);
    environment.remove_prefix(end);
    if (!line.starts_with("ETCD_INITIAL_CLUSTER") && !line.starts_with("ETCD_DISCOVERY"))
      kept += line;
  }
  return kept;
}

/// Whether it has found its cluster: its log begins then. Other files are there from the first
/// start.
bool has_data(Host& host) {
  return host.exists(std::filesystem::path(kEtcdDataDirectory) / "member/wal");
}

/// Tells whether it changed. A member with data keeps its file when others were replaced: etcd need
/// not be restarted for that, and all members at once must not be.
base::Result<bool> write_environment(const StepContext& context) {
  const auto wanted = etcd_environment(context.desired);
  if (has_data(context.host)) {
    const auto present = context.host.read(kEnvironmentFile);
    if (present && lasting(*present) == lasting(wanted)) return false;
  }
  return context.ensure_file(kEnvironmentFile, wanted, 0644);
}

StepResult start(const StepContext& context, bool changed) {
  const auto drop_in = context.ensure_file(kDropIn, kDropInText, 0644);
  if (!drop_in) co_return base::fail(drop_in);
  if (*drop_in) {
    auto reloaded = co_await context.command({"systemctl", "daemon-reload"});
    if (!reloaded) co_return base::fail(reloaded);
  }
  auto state =
      co_await context.ask({"systemctl", "show", "--property=ActiveState", "--value", kUnit});
  if (!state) co_return base::fail(state);
  const bool runs = state->output.starts_with("active") || state->output.starts_with("activating");
  if (runs && !changed) co_return base::Result<>{};
  auto started = co_await context.command({"systemctl", "restart", "--no-block", kUnit});
  if (!started) co_return base::fail(started);
  co_return base::Result<>{};
}

Call health_call(const StepContext& context) {
  const auto read = [&](std::string_view name) {
    const auto* content = pki_content(context.desired, name);
    return content ? *content : std::string{};
  };
  Call call;
  call.host = "127.0.0.1";
  call.port = kClientPort;
  call.path = "/health";
  call.tls->ca_pem = read("etcd/ca.crt");
  call.tls->certificate_pem = read("apiserver-etcd-client.crt");
  call.tls->key_pem = read("apiserver-etcd-client.key");
  return call;
}

/// Somebody else on its ports: etcd would say so in its own log only, and end.
StepResult check_own_ports(const StepContext& context) {
  const int own = co_await main_process(context, kUnit);
  // by its name too: systemd may have started it again since it was asked
  co_return co_await check_ports(
      context, {kClientPort, kPeerPort}, "etcd", [own](const Listener& listener) {
        return own != 0 && (listener.process == own || listener.program == "etcd");
      });
}

/// What is wrong with etcd's discovery; empty where it answers, or where etcd needs it no more.
base::Task<std::string> discovery_fault(const StepContext& context) {
  const auto& etcd = context.desired.master().etcd();
  if (etcd.bootstrap() != wire::EtcdConfig::DISCOVERY) co_return "";
  if (has_data(context.host)) co_return "";
  Call call;
  call.host = "127.0.0.1";
  call.port = kDiscoveryPort;
  call.tls.reset();
  call.path = "/" + etcd.discovery_token() + "/_config/size";
  auto answer = co_await context.host.call(std::move(call));
  if (answer && answer->status == 200) co_return "";
  const auto found = answer ? fmt::format("status {}: {}", answer->status, last_words(answer->body))
                            : answer.error().message;
  co_return fmt::format(
      "etcd's discovery at 127.0.0.1:{}, this agent's relay to the controller, cannot be reached: "
      "{}; look for a firewall on this machine, and at its link",
      kDiscoveryPort, found);
}

/// Lets a member begin anew whose first start was cut off before it had written anything. Only
/// where it is one of the first members: one that joins a cluster gets its log from the others.
class EmptyLogWatch {
 public:
  explicit EmptyLogWatch(const StepContext& context) : context_(context) {}

  StepResult look() {
    if (context_.desired.master().etcd().bootstrap() == wire::EtcdConfig::EXISTING ||
        !died_before_its_first_entry(context_.host)) {
      since_.reset();
      co_return base::Result<>{};
    }
    const auto now = context_.host.clock().monotonic();
    if (!since_) since_ = now;
    if (now - *since_ < kFirstEntryLimit) co_return base::Result<>{};
    since_.reset();
    co_return co_await begin_anew();
  }

 private:
  StepResult begin_anew() {
    auto stopped = co_await context_.command({"systemctl", "stop", kUnit});
    if (!stopped) co_return base::fail(stopped);
    if (died_before_its_first_entry(context_.host)) {  // now that nobody writes to it
      context_.log("etcd was ended before it wrote its first entry: it begins anew");
      const auto data = std::filesystem::path(kEtcdDataDirectory) / "member";
      if (auto removed = context_.host.remove(data); !removed) co_return removed;
    }
    auto started = co_await context_.command({"systemctl", "restart", "--no-block", kUnit});
    if (!started) co_return base::fail(started);
    co_return base::Result<>{};
  }

  const StepContext& context_;
  std::optional<base::MonotonicTime> since_;
};

/// Why etcd is not healthy yet, as far as it can be seen; an error where waiting on is pointless.
base::Task<base::Result<std::string>> look_closer(const StepContext& context) {
  auto state = co_await context.ask({"systemctl", "is-failed", "--quiet", kUnit});
  if (state && state->code == 0)
    co_return base::fail(base::ErrorCode::kInternal,
                         "etcd ended; it said last: " + co_await unit_words(context, kUnit));
  auto ports = co_await check_own_ports(context);
  if (!ports) co_return base::fail(ports);
  auto fault = co_await discovery_fault(context);
  const auto ended = co_await restarts(context, kUnit);
  if (ended >= kCrashLoop)
    fault += fmt::format("{}etcd has ended {} times; it said last: {}", fault.empty() ? "" : "; ",
                         ended, co_await unit_words(context, kUnit));
  co_return fault;
}

StepResult wait_healthy(const StepContext& context) {
  const auto size = context.desired.master().etcd().size();
  Wait healthy(context,
               size > 1 ? fmt::format("etcd to be healthy ({} members)", size)
                        : std::string("etcd to be healthy"),
               size > 1 ? std::chrono::milliseconds(kTogetherLimit)
                        : std::chrono::milliseconds(kAloneLimit));
  unsigned looks = 0;
  std::string why;
  EmptyLogWatch empty_log(context);
  while (co_await healthy.more()) {
    auto answer = co_await context.host.call(health_call(context));
    if (answer && answer->status == 200 &&
        answer->body.find("\"health\":\"true\"") != std::string::npos)
      co_return base::Result<>{};
    if (++looks % kLooksBetweenChecks == 0) {
      auto looked = co_await empty_log.look();
      if (!looked) co_return looked;
      auto closer = co_await look_closer(context);
      if (!closer) co_return base::fail(closer);
      why = *std::move(closer);
    }
    const auto found = answer ? fmt::format("status {}: {}", answer->status, answer->body)
                              : answer.error().message;
    healthy.found(why.empty() ? found : why);
  }
  if (!context.run.interrupted()) co_await log_journal(context, kUnit);
  co_return healthy.failure();
}

}  // namespace

StepResult run_etcd(const StepContext& context) {
  const auto pki = write_pki(context);
  if (!pki) co_return base::fail(pki);
  const auto environment = write_environment(context);
  if (!environment) co_return base::fail(environment);
  auto ports = co_await check_own_ports(context);
  if (!ports) co_return ports;
  auto started = co_await start(context, *pki || *environment);
  if (!started) co_return started;
  co_return co_await wait_healthy(context);
}

}  // namespace slipway::bootstrap
