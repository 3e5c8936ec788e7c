// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/config/config.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::config {

/// The public port's certificate as its files have it.
struct OwnTls {
  net::TlsServer server;
  std::string roots_pem;              ///< what a client needs to believe it
  std::vector<std::string> warnings;  ///< for the log: what is unwise, but serves
  std::string sha256;                 ///< of all three files: tells whether they changed
};

/// Reads and checks them; an error names the file and what is wrong with it.
base::Result<OwnTls> read_tls_files(const TlsConfig& tls, base::UtcTime now);

}  // namespace slipway::config
