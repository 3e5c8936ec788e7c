// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.hpp"

namespace slipway::net {

/// TLS 1.3 only, both roles. PEM throughout.
struct TlsServer {
  std::string certificate_chain_pem;  ///< leaf first, the CA last (an enrolling agent pins it)
  std::string key_pem;
  std::string client_ca_pem;  ///< asks for client certificates of this CA; empty: none asked
};

struct TlsClient {
  std::string ca_pem;  ///< trusted roots; or
  /// hex SHA-256 of the DER of each CA certificate that may be the last of the server's chain (two
  /// while a CA is changed). With pins alone no dates are judged: they serve machines whose clock
  /// may be wrong, which then learn the time.
  std::vector<std::string> ca_sha256;
  /// When the server's certificate has to be valid; unset: now, by this machine's clock.
  std::optional<base::UtcTime> judged_at;
  std::string certificate_pem;  ///< own, empty for none
  std::string key_pem;
  std::string
      server_name;  ///< checked against the certificate (DNS name or IP); empty: the host dialled
};

}  // namespace slipway::net
