// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/task.hpp"
#include "protocol/pki/openssl.hpp"

namespace slipway::swarm {

inline constexpr std::chrono::seconds kConnectLimit{30};  ///< TCP and TLS, as of a real agent

/// What all agents of a swarm have in common for a handshake. One OpenSSL context for all of them:
/// a context for each would cost the swarm more than the handshake.
class TlsIdentity {
 public:
  /// kInvalid: no CA or no key in PEM.
  static base::Result<TlsIdentity> make(const std::string& ca_pem, const std::string& key_pem);

  SSL_CTX* context() const { return context_.get(); }
  EVP_PKEY* key() const { return key_.get(); }

 private:
  TlsIdentity() = default;
  std::unique_ptr<SSL_CTX, pki::Freer<SSL_CTX_free>> context_;
  pki::PkeyPtr key_;
};

/// From where to where, and with which certificate (DER).
struct Dial {
  boost::asio::ip::tcp::endpoint from;
  boost::asio::ip::tcp::endpoint to;
  std::string_view certificate_der;  ///< outlives the socket
};

/// A TCP connection with TLS 1.3 and a certificate of its own, as lean as it gets: thousands of
/// them stand in one process beside what they measure. One reader and one writer at a time.
class TlsSocket {
 public:
  explicit TlsSocket(boost::asio::any_io_executor executor) : socket_(std::move(executor)) {}

  base::Task<base::Result<>> connect(const TlsIdentity& identity, Dial dial);
  /// Appends what came; kUnavailable at the end.
  base::Task<base::Result<>> read_more(std::string& into);
  base::Task<base::Result<>> write(std::string_view bytes);  ///< valid until it returns
  void farewell(std::string_view last);                      ///< what fits at once, then the end
  void drop();                                               ///< without a word: a reset
  bool open() const { return socket_.is_open(); }

 private:
  base::Task<base::Result<>> wait(int outcome, const char* doing);
  int receive(std::string& into);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<SSL, pki::Freer<SSL_free>> tls_;
};

}  // namespace slipway::swarm
