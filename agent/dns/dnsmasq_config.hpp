// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace slipway::dns {

/// Where the feed writes and the server reads; its files come and go with the boot.
inline constexpr auto kHostsDirectory = "/run/slipway/dns";

/// What the node's DNS server is to do.
struct DnsmasqConfig {
  std::string address;  ///< where pods ask: 169.254.20.10
  std::string domain;   ///< answered from hosts_dir alone: cluster.local
  std::filesystem::path hosts_dir;
  std::vector<std::string> upstream;  ///< who answers the rest; none: the rest is refused
};

std::string dnsmasq_config(const DnsmasqConfig& config);

}  // namespace slipway::dns
