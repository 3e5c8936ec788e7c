// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/dnsmasq_config.hpp"

#include <fmt/format.h>

namespace slipway::dns {

std::string dnsmasq_config(const DnsmasqConfig& config) {
  auto text = fmt::format(R"(# written by slipway-agent
port=53
listen-address={}
bind-interfaces
no-resolv
no-hosts
no-poll
local=/{}/
hostsdir={}
cache-size=2000
dns-forward-max=500
local-ttl=5
neg-ttl=5
)",
                          config.address, config.domain, config.hosts_dir.string());
  for (const auto& server : config.upstream) text += fmt::format("server={}\n", server);
  return text;
}

}  // namespace slipway::dns
