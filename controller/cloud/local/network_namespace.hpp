// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "controller/cloud/local/system.hpp"
#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

/// Runs `work` on a short-lived thread inside the network namespace `name`, and waits for it: the
/// calling thread stays where it is. A socket made there belongs to that namespace for good.
base::Result<> in_namespace(const std::string& name, std::function<base::Result<>()> work);

/// A TCP socket of that namespace, for dialling out.
base::Result<Fd> tcp_socket_in(const std::string& name);
/// A listening TCP socket of that namespace. kUnavailable: the port is taken.
base::Result<Fd> listen_in(const std::string& name, const std::string& address,
                           unsigned short port);
/// Sets a sysctl ("net/ipv4/ip_forward") there; one that the kernel lacks is passed over.
base::Result<> set_sysctls_in(const std::string& name,
                              const std::vector<std::pair<std::string, std::string>>& values);

bool namespace_exists(const std::string& name);

}  // namespace slipway::cloud::local
