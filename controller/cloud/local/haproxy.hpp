// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <string>

#include "controller/cloud/local/layout.hpp"
#include "controller/cloud/local/record.hpp"

namespace slipway::cloud::local {

inline constexpr unsigned kMaxBalancedConnections = 8192;

/// What lies in a load balancer's directory.
struct LoadBalancerFiles {
  std::filesystem::path directory;

  std::filesystem::path record() const { return directory / "load-balancer.json"; }
  std::filesystem::path config() const { return directory / "haproxy.cfg"; }
  std::filesystem::path pid_file() const { return directory / "haproxy.pid"; }
  std::filesystem::path socket() const { return directory / "haproxy.sock"; }
  std::filesystem::path log() const { return directory / "haproxy.log"; }
};
LoadBalancerFiles files_of_load_balancer(const Layout& layout, const base::ResourceId& id);

/// HAProxy's configuration for it. A member that does not answer its health question is passed by
/// and its connections are cut, so that clients come again; while none answers, all are tried.
std::string haproxy_config(const LoadBalancerRecord& record, const LoadBalancerFiles& files);

/// The running HAProxy of these files, in the router's namespace; 0: none.
pid_t haproxy_process(const Layout& layout, const LoadBalancerFiles& files);

/// Starts it in the router's namespace, as a daemon that outlives us. Blocks. kInternal with what
/// HAProxy says.
base::Result<> start_haproxy(const Layout& layout, const LoadBalancerFiles& files);

/// Whether what runs has this configuration: it bears a number of its text. Blocks, 1 s at most.
bool haproxy_serves(const std::string& config, const LoadBalancerFiles& files);

/// The running one takes the configuration that its file has; connections of before may live on for
/// 30 s. Blocks until it serves it; kUnavailable: it does not, and serves what it had.
base::Result<> reload_haproxy(const Layout& layout, const std::string& config,
                              const LoadBalancerFiles& files);

/// Ends it and waits until it has. Blocks; kUnavailable: it does not end.
base::Result<> stop_haproxy(const Layout& layout, const LoadBalancerFiles& files);

}  // namespace slipway::cloud::local
