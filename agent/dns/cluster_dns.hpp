// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "agent/dns/dnsmasq_config.hpp"
#include "protocol/base/task.hpp"

namespace slipway::dns {

struct ClusterDnsOptions {
  std::filesystem::path hosts_dir = kHostsDirectory;
  std::filesystem::path kubeconfig = "/etc/kubernetes/kubelet.conf";
};

/// Feeds the node's DNS server: watches services and endpoints with the node's own credential and
/// keeps one hosts file that dnsmasq reads by itself. Waits until the credential is there; while
/// the API server is out of reach the last names stay.
class ClusterDns {
 public:
  ClusterDns(boost::asio::any_io_executor executor, ClusterDnsOptions options);
  ~ClusterDns();

  /// From DesiredNode.kubernetes; nothing is watched before the first call.
  void domain(std::string cluster_domain);
  /// Works until cancelled.
  base::Task<> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::dns
