// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "protocol/base/task.hpp"
#include "protocol/link/link.hpp"

namespace slipway::discovery {

inline constexpr unsigned short kRelayPort = 2381;
inline constexpr std::size_t kMaxRelayBodyBytes = 8 << 10;  ///< of a request
struct RelayOptions {
  unsigned short port = kRelayPort;  ///< 0: any free one
  /// How long a request is held while there is no link: etcd gives up on a plain one after 5 s.
  std::chrono::milliseconds link_patience{4'000};
};

/// Serves etcd's discovery URL on this node's loopback and hands each request to the controller as
/// a stream. A long poll that loses its link before its answer came is asked again on the next one.
class LoopbackRelay {
 public:
  /// Opens a stream on the present link; kUnavailable while there is none.
  using Open = std::function<base::Result<link::StreamPtr>(wire::StreamOpen)>;

  LoopbackRelay(boost::asio::any_io_executor executor, Open open, RelayOptions options = {});
  ~LoopbackRelay();

  base::Result<> start();
  unsigned short port() const;
  base::Task<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the bodies that stream
};

}  // namespace slipway::discovery
