// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/router.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>

#include "controller/cloud/local/network_namespace.hpp"
#include "protocol/base/process.hpp"

namespace slipway::cloud::local {
using base::Result;
using base::Task;

namespace {
constexpr const char* kBridge = "br0";
constexpr std::chrono::seconds kIpLimit{15};

Task<Result<>> ip(std::vector<std::string> words, std::string batch = {}) {
  base::Command command;
  command.argv = {"ip"};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.input = std::move(batch);
  command.timeout = kIpLimit;
  auto done = co_await base::run_ok(std::move(command));
  if (!done) co_return base::fail(done);
  co_return Result<>{};
}

Task<Result<>> ip_batch(std::string name_space, std::string batch) {
  std::vector<std::string> words{"-netns", std::move(name_space), "-batch", "-"};
  co_return co_await ip(std::move(words), std::move(batch));
}

std::uint32_t number_of(const std::string& address) {
  in_addr raw{};
  inet_pton(AF_INET, address.c_str(), &raw);
  return ntohl(raw.s_addr);
}

bool has_interface(const std::string& name_space, const std::string& interface) {
  bool found = false;
  (void)in_namespace(name_space, [&]() -> Result<> {
    found = if_nametoindex(interface.c_str()) != 0;
    return {};
  });
  return found;
}
}  // namespace

std::string bridge_port(const std::string& address) {
  return fmt::format("m{:08x}", number_of(address));
}

std::string hardware_address(const std::string& address) {
  std::uint32_t n = number_of(address);  // 02: locally administered
  return fmt::format("02:51:{:02x}:{:02x}:{:02x}:{:02x}", n >> 24, n >> 16 & 255, n >> 8 & 255,
                     n & 255);
}

Task<Result<>> remove_namespace(std::string name) {
  if (!namespace_exists(name)) co_return Result<>{};
  std::vector<std::string> words{"netns", "del", std::move(name)};
  co_return co_await ip(std::move(words));
}

Task<Result<>> Router::ensure() {
  if (!namespace_exists(name_)) {
    std::vector<std::string> words{"netns", "add", name_};
    if (auto ok = co_await ip(std::move(words)); !ok) co_return ok;
  }
  std::string batch = "link set lo up\n";
  if (!has_interface(name_, kBridge)) batch += fmt::format("link add {} type bridge\n", kBridge);
  // A bridge without an address of its own takes its lowest port's: it would change with machines
  // that come and go, and all others would send to the old one until they notice.
  batch +=
      fmt::format("link set {0} address {1}\naddr replace {2}/{3} dev {0}\nlink set {0} up\n",
                  kBridge, hardware_address(subnet_.gateway()), subnet_.gateway(), subnet_.bits);
  if (auto ok = co_await ip_batch(name_, batch); !ok) co_return ok;
  co_return set_sysctls_in(name_, {{"net/ipv4/ip_forward", "1"}});
}

Task<Result<>> Router::attach(MachineRecord machine) {
  if (auto ok = co_await detach(machine); !ok) co_return ok;
  std::string name = layout_.machine(machine.id.value);
  std::vector<std::string> words{"netns", "add", name};
  if (auto ok = co_await ip(std::move(words)); !ok) co_return ok;
  std::string port = bridge_port(machine.address);
  std::string batch = fmt::format(
      "link add {} type veth peer name eth0 address {} netns {}\n"
      "link set {} master {} up\n",
      port, hardware_address(machine.address), name, port, kBridge);
  if (auto ok = co_await ip_batch(name_, batch); !ok) co_return ok;
  batch = fmt::format(
      "link set lo up\naddr add {}/{} dev eth0\nlink set eth0 up\nroute add default via {}\n",
      machine.address, machine.prefix_bits, machine.gateway);
  if (auto ok = co_await ip_batch(name, batch); !ok) co_return ok;
  co_return set_sysctls_in(name, {{"net/ipv4/ip_forward", "1"},
                                  {"net/bridge/bridge-nf-call-iptables", "1"},
                                  {"net/bridge/bridge-nf-call-ip6tables", "1"}});
}

Task<Result<>> Router::detach(MachineRecord machine) {
  std::string port = bridge_port(machine.address);
  if (namespace_exists(name_) && has_interface(name_, port)) {
    if (auto ok = co_await ip_batch(name_, "link del " + port + "\n"); !ok) co_return ok;
  }
  co_return co_await remove_namespace(layout_.machine(machine.id.value));
}

Task<Result<>> Router::add_address(std::string address) {
  co_return co_await ip_batch(name_, fmt::format("addr replace {}/32 dev {}\n", address, kBridge));
}

Task<Result<>> Router::remove_address(std::string address) {
  auto gone = co_await ip_batch(name_, fmt::format("addr del {}/32 dev {}\n", address, kBridge));
  const bool was_none =
      !gone && gone.error().message.find("Cannot assign requested address") != std::string::npos;
  co_return was_none ? Result<>{} : gone;
}

}  // namespace slipway::cloud::local
