// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/steps.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::chrono::seconds kStartLimit{60};
constexpr unsigned kCapSysResource = 24;
constexpr auto kConfig = "/etc/containerd/config.toml";

bool may_raise_oom_score(Host& host) {
  const auto status = host.read("/proc/self/status").value_or("");
  const auto at = status.find("CapBnd:");
  if (at == std::string::npos) return false;
  const auto digits = status.find_first_not_of(" \t", at + 7);
  if (digits == std::string::npos) return false;
  std::uint64_t mask = 0;
  std::from_chars(status.data() + digits, status.data() + status.size(), mask, 16);
  return (mask >> kCapSysResource & 1) != 0;
}

/// Registries read their files at each pull: no restart for them.
base::Result<> write_registries(const StepContext& context) {
  for (const auto& mirror : context.desired.registries()) {
    const auto file = std::filesystem::path(kRegistryDirectory) / mirror.host() / "hosts.toml";
    if (auto kept = context.ensure_file(file, registry_hosts(mirror), 0644); !kept)
      return base::fail(kept);
  }
  for (const auto& present : context.host.list(kRegistryDirectory)) {
    bool wanted = false;
    for (const auto& mirror : context.desired.registries()) wanted |= mirror.host() == present;
    if (wanted) continue;
    const auto gone = std::filesystem::path(kRegistryDirectory) / present;
    if (auto removed = context.host.remove(gone); !removed) return removed;
    context.log("removed " + gone.string());
  }
  return {};
}

}  // namespace

StepResult run_containerd(const StepContext& context) {
  if (auto written = write_registries(context); !written) co_return written;
  const auto config = containerd_config(context.desired, may_raise_oom_score(context.host));
  const auto changed = context.ensure_file(kConfig, config, 0644);
  if (!changed) co_return base::fail(changed);

  auto active = co_await is_active(context, "containerd.service");
  if (!active) co_return base::fail(active);
  if (!*active || *changed) {
    // the unit is Type=notify: this returns when the socket answers
    context.waits_for("containerd to start");
    auto started =
        co_await context.command({"systemctl", "restart", "containerd.service"}, kStartLimit);
    context.waits_for({});
    if (!started)
      co_return base::fail(
          started.error().code,
          fmt::format("containerd does not start; it said last: {} ({})",
                      co_await unit_words(context, "containerd.service"), started.error().message));
  }
  Wait socket(context, "containerd's socket", kStartLimit);
  while (co_await socket.more()) {
    if (context.host.exists(kContainerdSocket)) co_return base::Result<>{};
    socket.found("not there yet");
  }
  co_return socket.failure();
}

}  // namespace slipway::bootstrap
