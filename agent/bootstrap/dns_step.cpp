// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>

#include "agent/bootstrap/journal.hpp"
#include "agent/bootstrap/steps.hpp"
#include "agent/dns/dnsmasq_config.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kDnsmasqConfig = "/etc/dnsmasq.conf";

// On lo rather than on a dummy interface: no module needed, and pods reach it by the gateway all
// the same.
StepResult ensure_address(const StepContext& context) {
  const auto address = context.desired.kubernetes().cluster_dns() + "/32";
  auto shown = co_await context.ask({"ip", "-oneline", "address", "show", "dev", "lo"});
  if (!shown) co_return base::fail(shown);
  if (shown->output.find(" " + address + " ") != std::string::npos) co_return base::Result<>{};
  auto added = co_await context.command({"ip", "address", "replace", address, "dev", "lo"});
  if (!added) co_return base::fail(added);
  co_return base::Result<>{};
}

}  // namespace

StepResult run_dns(const StepContext& context) {
  auto address = co_await ensure_address(context);
  if (!address) co_return address;
  if (auto made = context.host.make_directory(dns::kHostsDirectory, 0755); !made) co_return made;
  dns::DnsmasqConfig config;
  config.address = context.desired.kubernetes().cluster_dns();
  config.domain = context.desired.kubernetes().cluster_domain();
  config.hosts_dir = dns::kHostsDirectory;
  config.upstream = {context.desired.dns_servers().begin(), context.desired.dns_servers().end()};
  const auto changed = context.ensure_file(kDnsmasqConfig, dns::dnsmasq_config(config), 0644);
  if (!changed) co_return base::fail(changed);

  auto active = co_await is_active(context, "dnsmasq.service");
  if (!active) co_return base::fail(active);
  if (*active && !*changed) co_return base::Result<>{};
  auto started = co_await context.command({"systemctl", "restart", "dnsmasq.service"});
  if (!started) {
    co_await log_journal(context, "dnsmasq.service");
    co_return base::fail(started);
  }
  co_return base::Result<>{};
}

}  // namespace slipway::bootstrap
