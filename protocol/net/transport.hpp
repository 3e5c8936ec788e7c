// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "protocol/base/task.hpp"

namespace slipway::net {

/// One message of a Transport.
struct Message {
  std::string bytes;
  bool binary = true;
};

/// A duplex of whole messages: a WebSocket, or the two ends of a pipe in tests. One reader and one
/// writer at a time. After any error only close() may be called.
class Transport {
 public:
  virtual ~Transport() = default;
  /// kUnavailable when the other end closed; kExhausted over the message limit (it is closed then).
  virtual base::Task<base::Result<Message>> read() = 0;
  virtual base::Task<base::Result<>> write(Message message) = 0;
  /// Starts to close; pending calls fail soon after. Callable at any time, more than once.
  virtual void close() = 0;
  /// Closes without a farewell, for a peer that does not answer; pending calls fail at once.
  virtual void drop() { close(); }
  /// CN of the peer's verified client certificate, empty without one.
  virtual std::string peer_identity() const { return {}; }
  virtual std::string peer_address() const { return {}; }
};

/// Two connected in-process ends, each holding at most `capacity` messages on their way.
std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> transport_pair(
    base::asio::any_io_executor executor, std::size_t capacity = 64);

}  // namespace slipway::net
