// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "protocol/base/task_scope.hpp"

namespace slipway::cloud::local {

/// Where a forwarder leads to: an address inside a network namespace.
struct ForwardTarget {
  std::string network_namespace;  ///< name; empty: the host's own
  std::string address;
  unsigned short port = 0;
};

/// Listens on this host's loopback and passes each connection on into a network namespace, with
/// one bounded buffer for each direction.
class Forwarder {
 public:
  Forwarder(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
            ForwardTarget target);

  /// Begins at `wanted`, or where that is taken (or 0) at another free port, which it returns.
  base::Result<unsigned short> start(unsigned short wanted);
  base::Task<> stop();

  std::string address() const;  ///< "127.0.0.1:21000"
  std::size_t connections() const { return connections_; }

 private:
  base::Task<> accept();
  base::Task<> carry(boost::asio::ip::tcp::socket client);
  base::Task<base::Result<boost::asio::ip::tcp::socket>> dial();

  boost::asio::thread_pool& pool_;
  ForwardTarget target_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::size_t connections_ = 0;
  base::TaskScope tasks_;
};

}  // namespace slipway::cloud::local
