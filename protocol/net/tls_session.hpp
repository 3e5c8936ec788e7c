// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "protocol/net/tls_context.hpp"

struct ssl_st;

namespace slipway::net {

enum class TlsRole { kServer, kClient };

/// What one step on a socket came to, without waiting.
struct Progress {
  /// What has to be waited for before the step is tried again.
  enum class Need {
    kNothing,   ///< it is done, or failed
    kReadable,  ///< the other end has sent nothing yet
    kWritable,  ///< the kernel takes no more yet
  };
  std::size_t size = 0;  ///< bytes read or taken
  Need need = Need::kNothing;
  boost::system::error_code error;

  bool done() const { return need == Need::kNothing && !error; }
};

/// OpenSSL's own words as error codes, and tls_truncated().
const boost::system::error_category& tls_category();
/// The connection ended without the farewell that TLS has for that: something may be missing.
boost::system::error_code tls_truncated();

/// One end of a TLS connection, straight on a non-blocking socket and step by step: who owns it
/// waits. Between two steps it holds no buffers, since thousands of connections are silent.
class TlsSession {
 public:
  static constexpr std::size_t kRecordBytes = 16 << 10;  ///< that a write takes at most

  TlsSession(TlsContextPtr context, int socket, TlsRole role);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;

  Progress handshake();
  /// At the end: asio's eof after a farewell, tls_truncated() without one.
  Progress read(void* into, std::size_t size);
  /// When it is told to wait its bytes are encrypted already, so that the same write has to be
  /// tried again, or given up:
  Progress write(const void* from, std::size_t size);
  /// nobody tries it again. How much of it goes out all the same, before what is written next.
  std::size_t abandon_write();
  /// Tells the other end that nothing more is written; reading goes on.
  Progress farewell();
  /// Something is here already, so that waiting for the socket might be for ever.
  bool holds_bytes() const;
  /// The socket is about to be closed: its number may soon be another connection's.
  void detach() { socket_ = -1; }

  bool expect_name(const std::string& name);  ///< the server's certificate must bear it
  std::string peer_name() const;     ///< CN of the verified certificate; empty when it showed none
  std::string verify_error() const;  ///< empty when nothing was wrong with the certificate

 private:
  struct Bio;  ///< how OpenSSL reaches the socket
  Progress outcome(int result, std::size_t size);
  Progress flush();

  TlsContextPtr context_;
  int socket_;
  int errno_ = 0;  ///< of the socket's last call
  bool at_end_ = false;
  std::size_t encrypted_ = 0;  ///< of the write that waits
  std::size_t abandoned_ = 0;  ///< of one that nobody waits for any more
  ssl_st* session_;
};

}  // namespace slipway::net
