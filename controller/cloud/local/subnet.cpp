// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/subnet.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <memory>
#include <sstream>

#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;

namespace {
constexpr std::uint32_t kFirstHost = 10;  ///< .1 is the gateway; the rest below is kept back

// Pods (10.244/16) and services (10.96/16) lie elsewhere.
constexpr std::array<std::string_view, 8> kCandidates = {
    "10.210.0.0/22",  "10.211.0.0/22",  "10.212.0.0/22",    "10.213.0.0/22",
    "172.29.64.0/22", "172.30.64.0/22", "192.168.208.0/22", "198.18.0.0/22"};

std::string dotted(std::uint32_t address) {
  in_addr raw{htonl(address)};
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &raw, text.data(), text.size());
  return text.data();
}
}  // namespace

bool Subnet::overlaps(const Subnet& other) const {
  std::uint32_t common = mask() & other.mask();
  return (base & common) == (other.base & common);
}

std::string Subnet::address(std::uint32_t host) const {
  return dotted(base + host);
}
std::string Subnet::text() const {
  return dotted(base) + "/" + std::to_string(bits);
}

base::Result<Subnet> parse_subnet(std::string_view text) {
  auto bad = [&](const char* why) {
    return fail(ErrorCode::kInvalid, std::string(text.substr(0, 64)) + " " + why, "subnet");
  };
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad("is not a network like 10.210.0.0/22");
  in_addr raw{};
  if (inet_pton(AF_INET, std::string(text.substr(0, slash)).c_str(), &raw) != 1) {
    return bad("is not a network like 10.210.0.0/22");
  }
  Subnet subnet{ntohl(raw.s_addr), 33};
  std::string_view digits = text.substr(slash + 1);
  auto [end, error] = std::from_chars(digits.begin(), digits.end(), subnet.bits);
  if (error != std::errc{} || end != digits.end() || subnet.bits > 32) {
    return bad("has no prefix length between 0 and 32");
  }
  if ((subnet.base & ~subnet.mask()) != 0) return bad("has host bits set");
  return subnet;
}

base::Result<Subnet> pick_subnet(const std::vector<Subnet>& taken) {
  for (std::string_view text : kCandidates) {
    Subnet candidate = *parse_subnet(text);
    if (std::ranges::none_of(taken, [&](auto& other) { return candidate.overlaps(other); })) {
      return candidate;
    }
  }
  return fail(ErrorCode::kExhausted,
              "every network that machines could use overlaps a route of this host; "
              "set cloud.subnet to a free one",
              "subnet");
}

std::vector<Subnet> parse_routes(std::string_view table) {
  std::vector<Subnet> routes;
  std::istringstream lines{std::string(table)};
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string interface, destination, gateway, skipped, mask;
    fields >> interface >> destination >> gateway;
    for (int n = 0; n < 4; ++n) fields >> skipped;
    fields >> mask;
    std::uint32_t base = 0, bits = 0;
    std::from_chars(destination.data(), destination.data() + destination.size(), base, 16);
    std::from_chars(mask.data(), mask.data() + mask.size(), bits, 16);
    if (!fields || bits == 0) continue;
    routes.push_back({ntohl(base), static_cast<unsigned>(std::popcount(bits))});
  }
  return routes;
}

std::vector<Subnet> host_networks() {
  std::vector<Subnet> networks;
  if (auto table = base::read_file("/proc/net/route")) networks = parse_routes(*table);
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return networks;
  std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  for (ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    auto address = reinterpret_cast<sockaddr_in*>(at->ifa_addr)->sin_addr.s_addr;
    auto mask = at->ifa_netmask == nullptr
                    ? ~in_addr_t{0}
                    : reinterpret_cast<sockaddr_in*>(at->ifa_netmask)->sin_addr.s_addr;
    networks.push_back({ntohl(address & mask), static_cast<unsigned>(std::popcount(mask))});
  }
  return networks;
}

base::Result<std::uint32_t> next_host(const Subnet& subnet, std::uint32_t from,
                                      const std::set<std::uint32_t>& used) {
  std::uint32_t last = subnet.size() - 2;  // the one after it is the broadcast address
  if (subnet.size() < 16) {
    return fail(ErrorCode::kInvalid, "network " + subnet.text() + " is too small", "subnet");
  }
  std::uint32_t span = last - kFirstHost + 1;
  std::uint32_t start = std::clamp(from, kFirstHost, last) - kFirstHost;
  for (std::uint32_t n = 0; n < span; ++n) {
    std::uint32_t host = kFirstHost + (start + n) % span;
    if (!used.contains(host)) return host;
  }
  return fail(ErrorCode::kExhausted, "no address is left in " + subnet.text());
}

}  // namespace slipway::cloud::local
