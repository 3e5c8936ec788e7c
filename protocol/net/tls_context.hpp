// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/net/tls.hpp"

struct ssl_ctx_st;
struct ssl_st;

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

/// The name or address that the server's certificate must bear.
bool expect_name(ssl_st* session, const std::string& name);
/// CN of the peer's verified certificate; empty when it showed none.
std::string identity_of(ssl_st* session);
/// The record that says that nothing more is written (close_notify), to be sent as it is. What the
/// other end sends can still be read.
std::string farewell_of(ssl_st* session);
/// Why the verification of the peer's certificate failed; empty when it did not.
std::string verify_error_of(ssl_st* session);

}  // namespace slipway::net
