// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

/// An IPv4 network.
struct Subnet {
  std::uint32_t base = 0;  ///< host byte order
  unsigned bits = 0;

  std::uint32_t mask() const { return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits); }
  std::uint32_t size() const { return bits == 0 ? ~std::uint32_t{0} : ~mask() + 1; }
  bool overlaps(const Subnet& other) const;
  std::string address(std::uint32_t host) const;  ///< the host-th address, without prefix
  std::string gateway() const { return address(1); }
  std::string text() const;
  bool operator==(const Subnet&) const = default;
};

/// kInvalid with field "subnet": not a.b.c.d/n, or host bits set.
base::Result<Subnet> parse_subnet(std::string_view text);

/// The first of our candidates that overlaps none of `taken`; kExhausted when all do.
base::Result<Subnet> pick_subnet(const std::vector<Subnet>& taken);

/// What the host routes to and what addresses it has; a default route is not among them.
std::vector<Subnet> host_networks();

/// Parses the kernel's IPv4 routing table (the text of /proc/net/route).
std::vector<Subnet> parse_routes(std::string_view table);

/// The next free address at or after `from`, going round once; kExhausted when all are `used`.
/// Addresses are not handed out again soon, since others may still know the old holder.
base::Result<std::uint32_t> next_host(const Subnet& subnet, std::uint32_t from,
                                      const std::set<std::uint32_t>& used);

}  // namespace slipway::cloud::local
