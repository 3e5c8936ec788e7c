// SPDX-License-Identifier: Apache-2.0
#include "agent/link/network.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>

namespace slipway::agent_link {
namespace {

constexpr std::size_t kNamed = 4;  ///< interfaces that a message names

bool is_global(const sockaddr* address) {
  if (address == nullptr) return false;
  if (address->sa_family == AF_INET) {
    const auto digits = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    return digits >> 16 != 0xa9fe;  // 169.254/16
  }
  if (address->sa_family != AF_INET6) return false;
  return !IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

std::string fault_of(const Interface& one) {
  if (!one.up) return one.name + " is down";
  if (!one.carrier) return one.name + " has no carrier";
  return one.name + " has no address";
}

}  // namespace

std::vector<Interface> interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  std::vector<Interface> found;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    auto known = std::ranges::find(found, entry->ifa_name, &Interface::name);
    if (known == found.end()) known = found.insert(found.end(), {.name = entry->ifa_name});
    known->up = (entry->ifa_flags & IFF_UP) != 0;
    known->carrier = (entry->ifa_flags & IFF_RUNNING) != 0;
    known->has_address |= is_global(entry->ifa_addr);
  }
  return found;
}

std::string network_fault(const std::vector<Interface>& interfaces) {
  if (interfaces.empty()) return "this machine has no network interface";
  std::string faults;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const Interface& one = interfaces[i];
    if (one.up && one.carrier && one.has_address) return {};
    if (i < kNamed) faults += (faults.empty() ? "" : ", ") + fault_of(one);
  }
  return faults;
}

}  // namespace slipway::agent_link
