// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/cloud/local/layout.hpp"
#include "controller/cloud/local/record.hpp"
#include "controller/cloud/local/subnet.hpp"
#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

/// The installation's router: a network namespace with a bridge that all machines hang on. The
/// host has no leg in it, so nothing there can collide with the host's own networks.
class Router {
 public:
  Router(const Layout& layout, Subnet subnet) : layout_(layout), subnet_(subnet) {}

  /// Makes what is missing of it.
  base::Task<base::Result<>> ensure();
  /// Gives the machine a new network namespace with its address; that of its last boot goes
  /// first, with iptables rules, routes and bridges in it.
  base::Task<base::Result<>> attach(MachineRecord machine);
  base::Task<base::Result<>> detach(MachineRecord machine);
  /// An address of the router's own beside the gateway's: for a load balancer.
  base::Task<base::Result<>> add_address(std::string address);
  base::Task<base::Result<>> remove_address(std::string address);

  const Subnet& subnet() const { return subnet_; }
  const std::string& name() const { return name_; }

 private:
  const Layout& layout_;
  Subnet subnet_;
  std::string name_ = layout_.router();
};

/// The machine's end at the bridge, and its hardware address: both follow from the address, so
/// that neighbours' ARP entries stay right across a reboot.
std::string bridge_port(const std::string& address);
std::string hardware_address(const std::string& address);

/// Removes a network namespace; success when there is none.
base::Task<base::Result<>> remove_namespace(std::string name);

}  // namespace slipway::cloud::local
