// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/net/tls.hpp"

struct ssl_ctx_st;

namespace slipway::net {

/// A role's certificates and rules, ready for handshakes.
class TlsContext {
 public:
  TlsContext();
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }
  /// client: hex SHA-256 of the CAs of which the server must show one; or none
  std::vector<std::string> pins;
  std::string server_name;  ///< client: overrides the host dialled

 private:
  ssl_ctx_st* context_;
};
using TlsContextPtr = std::shared_ptr<const TlsContext>;  // shared by the connections made with it

/// kInvalid with what is wrong with the certificate, the key or the CA.
base::Result<TlsContextPtr> make_server_context(const TlsServer& tls);
base::Result<TlsContextPtr> make_client_context(const TlsClient& tls);

}  // namespace slipway::net
