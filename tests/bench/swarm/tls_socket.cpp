// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/tls_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::swarm {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

std::unexpected<base::Error> broken(const char* doing, const std::string& why) {
  return fail(ErrorCode::kUnavailable, std::string(doing) + ": " + why);
}

std::string tls_words() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

}  // namespace

Result<TlsIdentity> TlsIdentity::make(const std::string& ca_pem, const std::string& key_pem) {
  TlsIdentity identity;
  identity.context_.reset(SSL_CTX_new(TLS_client_method()));
  identity.key_ = pki::private_key_of(key_pem);
  if (!identity.context_) return fail(ErrorCode::kInternal, "OpenSSL makes no context");
  SSL_CTX* context = identity.context_.get();
  const auto roots = pki::certificates_of(ca_pem);
  if (roots.empty()) return fail(ErrorCode::kInvalid, "no CA certificate in PEM", "ca");
  if (!identity.key_) return fail(ErrorCode::kInvalid, "no private key in PEM", "key");
  for (const auto& root : roots) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  }
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return identity;
}

Task<Result<>> TlsSocket::connect(const TlsIdentity& identity, Dial dial) {
  boost::system::error_code error;
  socket_.open(tcp::v4(), error);
  if (error) co_return broken("open", error.message());
  const int fd = socket_.native_handle();
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  socket_.bind(dial.from, error);
  if (error) co_return broken("bind", error.message());
  if (auto [failed] = co_await socket_.async_connect(dial.to, kNoThrow); failed) {
    co_return broken("connect", failed.message());
  }
  socket_.native_non_blocking(true, error);
  tls_.reset(SSL_new(identity.context()));
  const auto* der = reinterpret_cast<const unsigned char*>(dial.certificate_der.data());
  const bool made = tls_ && SSL_set_fd(tls_.get(), fd) == 1 &&
                    SSL_use_certificate_ASN1(tls_.get(), der,
                                             static_cast<int>(dial.certificate_der.size())) == 1 &&
                    SSL_use_PrivateKey(tls_.get(), identity.key()) == 1 &&
                    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()),
                                                  dial.to.address().to_string().c_str()) == 1;
  if (!made) co_return broken("prepare TLS", tls_words());
  for (;;) {
    ERR_clear_error();
    const int outcome = SSL_connect(tls_.get());
    if (outcome == 1) co_return Result<>{};
    if (auto ready = co_await wait(outcome, "TLS handshake"); !ready) co_return fail(ready);
  }
}

/// After a call of OpenSSL that got no further: waits until it may be tried again.
Task<Result<>> TlsSocket::wait(int outcome, const char* doing) {
  const int why = SSL_get_error(tls_.get(), outcome);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
    co_return broken(doing, why == SSL_ERROR_SSL ? tls_words() : "the other end closed");
  }
  const auto [error] = co_await socket_.async_wait(
      why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write, kNoThrow);
  if (error) co_return broken(doing, error.message());
  if (!socket_.is_open()) co_return broken(doing, "closed");
  co_return Result<>{};
}

/// No coroutine: its buffer lies on the stack and not in thousands of frames that wait.
int TlsSocket::receive(std::string& into) {
  std::array<char, kReadBytes> piece;
  ERR_clear_error();
  const int outcome = SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()));
  if (outcome > 0) into.append(piece.data(), static_cast<std::size_t>(outcome));
  return outcome;
}

Task<Result<>> TlsSocket::read_more(std::string& into) {
  while (socket_.is_open()) {
    const int outcome = receive(into);
    if (outcome > 0) co_return Result<>{};
    if (auto ready = co_await wait(outcome, "read"); !ready) co_return fail(ready);
  }
  co_return broken("read", "closed");
}

Task<Result<>> TlsSocket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!socket_.is_open()) co_return broken("write", "closed");
    ERR_clear_error();
    const int outcome = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (outcome > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(outcome));
    } else if (auto ready = co_await wait(outcome, "write"); !ready) {
      co_return fail(ready);
    }
  }
  co_return Result<>{};
}

void TlsSocket::farewell(std::string_view last) {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  if (tls_ && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    if (!last.empty()) SSL_write(tls_.get(), last.data(), static_cast<int>(last.size()));
    SSL_shutdown(tls_.get());
    ERR_clear_error();
  }
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void TlsSocket::drop() {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace slipway::swarm
