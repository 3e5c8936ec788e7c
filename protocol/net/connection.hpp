// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"
#include "protocol/net/byte_stream.hpp"
#include "protocol/net/http.hpp"
#include "protocol/net/tls_context.hpp"

namespace slipway::net {

class Stream;

/// One TCP connection, clear or TLS, with a deadline and the bytes that were read too far. One
/// reader and one writer at a time. Cancelling a call loses no bytes.
class Connection {
 public:
  explicit Connection(boost::asio::ip::tcp::socket socket);
  ~Connection();
  Connection(const Connection&) = delete;

  base::Task<base::Result<>> accept_tls(TlsContextPtr context);
  /// kDenied when the server's certificate does not verify.
  base::Task<base::Result<>> connect_tls(TlsContextPtr context, std::string host);

  /// Appends to unread(); how much came, 0 at the end.
  base::Task<base::Result<std::size_t>> read_more();
  std::string& unread();
  /// Writes both, in one go where they fit.
  base::Task<base::Result<>> write(std::string head, std::string body = {});

  /// Nothing more is written (with TLS the other end is told so); reading goes on.
  base::Task<base::Result<>> finish();
  /// The kernel asks a silent other end whether it is still there: a dead host is found in 2 min.
  void probe_when_idle();

  /// Calls fail with kTimeout once it is over, until a new limit is set.
  void expires_after(base::Duration limit);
  void expires_never();
  void close();
  /// Tells the other end that nothing more comes, then reads away what it still sends, for a while.
  base::Task<> linger();
  /// Open and silent: fit to be used again.
  bool is_idle();
  Peer peer() const;
  Stream& stream();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the timer's pending wait
};

/// What is left of a connection when an HTTP upgrade has been agreed on, with what was read too
/// far.
std::unique_ptr<ByteStream> as_byte_stream(std::unique_ptr<Connection> connection);

}  // namespace slipway::net
