// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/endpoint.hpp"

#include <charconv>

#include "protocol/base/files.hpp"

namespace slipway::swarm {

using base::ErrorCode;
using base::fail;
using base::Result;

Result<boost::asio::ip::tcp::endpoint> endpoint_of(const std::string& text) {
  const auto colon = std::min(text.rfind(':'), text.size());
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(text.substr(0, colon), error);
  unsigned short port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(std::min(text.data() + colon + 1, end), end, port);
  if (error || parsed.ec != std::errc{} || parsed.ptr != end || port == 0) {
    return fail(ErrorCode::kInvalid, text + " is no address with a port, as 127.0.0.1:8443");
  }
  if (!address.is_loopback()) {
    return fail(ErrorCode::kInvalid,
                text + " is not of the loopback: the swarm loads nothing else");
  }
  return boost::asio::ip::tcp::endpoint(address, port);
}

Result<TlsIdentity> identity_of(const Files& files) {
  auto ca = base::read_file(files.ca());
  if (!ca) return fail(ca);
  auto key = base::read_file(files.key());
  if (!key) return fail(key);
  return TlsIdentity::make(*ca, *key);
}

}  // namespace slipway::swarm
