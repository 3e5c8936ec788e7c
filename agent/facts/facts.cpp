// SPDX-License-Identifier: Apache-2.0
#include "agent/facts/facts.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "agent/facts/disks.hpp"
#include "agent/facts/proc_text.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/process.hpp"

namespace slipway::facts {
namespace {

constexpr std::chrono::seconds kVersionLimit{5};

std::string first_line(std::string text) {
  return text.substr(0, text.find('\n'));
}

/// The addresses by which others may reach this machine: no loopback, no link-local.
std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return addresses;
  for (const ifaddrs* at = all; at; at = at->ifa_next) {
    if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET || (at->ifa_flags & IFF_LOOPBACK))
      continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    if (::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()))
      addresses.emplace_back(text.data());
  }
  ::freeifaddrs(all);
  std::erase_if(addresses, [](const auto& a) { return a.starts_with("169.254."); });
  return addresses;
}

base::Task<std::string> version_of(std::string program) {
  base::Command command;
  command.argv = {std::move(program), "--version"};
  command.timeout = kVersionLimit;
  const auto exit = co_await base::run(std::move(command));
  co_return exit && exit->code == 0 ? parse_version(exit->output) : std::string{};
}

}  // namespace

base::Task<wire::NodeFacts> collect_facts(std::filesystem::path root, std::string agent_version) {
  wire::NodeFacts facts;
  std::array<char, 256> hostname{};
  if (::gethostname(hostname.data(), hostname.size() - 1) == 0) facts.set_hostname(hostname.data());
  facts.set_machine_id(first_line(base::read_file(root / "etc/machine-id").value_or("")));
  for (auto& address : own_addresses()) facts.add_addresses(std::move(address));
  facts.set_cpus(std::thread::hardware_concurrency());
  facts.set_memory_bytes(
      parse_meminfo(base::read_file(root / "proc/meminfo").value_or(""), "MemTotal"));
  facts.set_os(
      parse_os_release(base::read_file(root / "etc/os-release").value_or(""), "PRETTY_NAME"));
  utsname system{};
  if (::uname(&system) == 0) facts.set_kernel(system.release);
  facts.set_agent_version(std::move(agent_version));
  facts.set_boot_id(
      first_line(base::read_file(root / "proc/sys/kernel/random/boot_id").value_or("")));
  for (auto& disk : disks(root)) *facts.add_disks() = std::move(disk);
  facts.set_kubelet_version(co_await version_of("kubelet"));
  facts.set_containerd_version(co_await version_of("containerd"));
  co_return facts;
}

}  // namespace slipway::facts
