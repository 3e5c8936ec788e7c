// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

#include "protocol/pki/openssl.hpp"

namespace slipway::net {

namespace {

constexpr int kTruncated = 1;  // no code of OpenSSL's: those begin with a library's number

class TlsCategory : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }
  std::string message(int value) const override {
    if (value == kTruncated) return "the connection was cut off";
    const char* reason = ::ERR_reason_error_string(static_cast<unsigned int>(value));
    return reason ? reason : "TLS error " + std::to_string(value);
  }
};

}  // namespace

const boost::system::error_category& tls_category() {
  static const TlsCategory category;
  return category;
}

boost::system::error_code tls_truncated() {
  return {kTruncated, tls_category()};
}

/// A socket that raises no SIGPIPE, is never waited for inside OpenSSL and not closed by it.
struct TlsSession::Bio {
  static TlsSession& owner(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

  static int done(BIO* bio, ssize_t size, int retry) {
    BIO_clear_retry_flags(bio);
    if (size >= 0) return static_cast<int>(size);
    owner(bio).errno_ = errno;
    if (errno == EAGAIN || errno == EINTR) BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    return -1;
  }
  static int read(BIO* bio, char* into, int size) {
    const auto got = ::recv(owner(bio).socket_, into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got != 0) return done(bio, got, BIO_FLAGS_READ);
    // OpenSSL would take an end without a farewell for fatal and write no more either; but the
    // other end may well still read.
    owner(bio).at_end_ = true;
    BIO_set_retry_read(bio);
    return -1;
  }
  static int write(BIO* bio, const char* from, int size) {
    const auto sent = ::send(owner(bio).socket_, from, static_cast<std::size_t>(size),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    return done(bio, sent, BIO_FLAGS_WRITE);
  }
  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      pki::must(fresh && BIO_meth_set_read(fresh, read) == 1 &&
                    BIO_meth_set_write(fresh, write) == 1 && BIO_meth_set_ctrl(fresh, control) == 1,
                "make a BIO's method");
      return fresh;
    }();
    return made;
  }
};

TlsSession::TlsSession(TlsContextPtr context, int socket, TlsRole role)
    : context_(std::move(context)), socket_(socket), session_(SSL_new(context_->native())) {
  BIO* bio = BIO_new(Bio::method());
  if (!session_ || !bio) {
    BIO_free(bio);
    SSL_free(session_);
    pki::must(false, "make a TLS session");
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session_, bio, bio);
  if (role == TlsRole::kServer) {
    SSL_set_accept_state(session_);
  } else {
    SSL_set_connect_state(session_);
  }
}

TlsSession::~TlsSession() {
  SSL_free(session_);
}

/// What a call of OpenSSL's means; each begins with an empty error queue.
Progress TlsSession::outcome(int result, std::size_t size) {
  using Need = Progress::Need;
  if (result > 0) return {.size = size};
  Progress progress;
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
      if (at_end_) {
        progress.error = tls_truncated();
      } else {
        progress.need = Need::kReadable;
      }
      return progress;
    case SSL_ERROR_WANT_WRITE:
      progress.need = Need::kWritable;
      return progress;
    case SSL_ERROR_ZERO_RETURN:
      progress.error = boost::asio::error::eof;
      break;
    case SSL_ERROR_SYSCALL:
      progress.error = {errno_ ? errno_ : ECONNRESET, boost::system::system_category()};
      break;
    default:
      progress.error = {static_cast<int>(ERR_peek_error()), tls_category()};
  }
  ERR_clear_error();
  return progress;
}

Progress TlsSession::handshake() {
  ERR_clear_error();
  return outcome(SSL_do_handshake(session_), 0);
}

Progress TlsSession::read(void* into, std::size_t size) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(session_, into, size, &got);
  return outcome(result, got);
}

Progress TlsSession::write(const void* from, std::size_t size) {
  if (const Progress before = flush(); !before.done()) return before;
  ERR_clear_error();
  size = encrypted_ > 0 ? encrypted_ : std::min<std::size_t>(size, kRecordBytes);
  std::size_t taken = 0;
  const Progress progress = outcome(SSL_write_ex(session_, from, size, &taken), taken);
  encrypted_ = progress.need == Progress::Need::kWritable ? size : 0;
  return progress;
}

/// What an abandoned write left goes out first.
Progress TlsSession::flush() {
  if (abandoned_ == 0) return {};
  ERR_clear_error();
  // It is encrypted and waits: OpenSSL wants to hear its length again and looks at no byte.
  static constexpr char kUnseen = 0;
  std::size_t taken = 0;
  const Progress progress = outcome(SSL_write_ex(session_, &kUnseen, abandoned_, &taken), 0);
  if (progress.done()) abandoned_ = 0;
  return progress;
}

std::size_t TlsSession::abandon_write() {
  abandoned_ += encrypted_;
  return std::exchange(encrypted_, 0);
}

Progress TlsSession::farewell() {
  if (const Progress before = flush(); !before.done()) return before;
  ERR_clear_error();
  const int result = SSL_shutdown(session_);
  return outcome(result == 0 ? 1 : result, 0);  // 0: told, and not answered yet
}

bool TlsSession::holds_bytes() const {
  return SSL_has_pending(session_) == 1;
}

bool TlsSession::expect_name(const std::string& name) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(session_);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1) return true;
  ERR_clear_error();
  return X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(session_, name.c_str()) == 1;
}

std::string TlsSession::peer_name() const {
  X509* certificate = SSL_get0_peer_certificate(session_);
  if (!certificate || SSL_get_verify_result(session_) != X509_V_OK) return {};
  return pki::common_name_of(certificate);
}

std::string TlsSession::verify_error() const {
  const long result = SSL_get_verify_result(session_);
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

}  // namespace slipway::net
