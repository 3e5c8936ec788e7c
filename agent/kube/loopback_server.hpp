// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::kube {

struct LoopbackServerOptions {
  std::filesystem::path pki = "/etc/kubernetes/pki";
  unsigned short port = 0;
  std::string name;            ///< in its certificate, beside the loopback address
  std::string client_ca_file;  ///< in `pki`, whose clients may connect; empty: any may
  std::size_t max_body_bytes = 64 << 10;
  std::size_t max_connections = 64;
};

/// Serves the API server beside it on a master's loopback address, with a certificate from the
/// cluster's CA that is new each day, and when the CA's files change. Workers have no key of that
/// CA: they never serve.
class LoopbackServer {
 public:
  LoopbackServer(base::asio::any_io_executor executor, const base::Clock& clock,
                 LoopbackServerOptions options, net::HttpServer::Handler handler);

  /// Whether this node is a master, or has all that it takes to become one.
  bool is_master() const;
  /// Serves, if it does not yet, and sees to its certificate; at once, by a look at its files'
  /// times, where nothing is to do. To be called again every few minutes: a clock may have been
  /// set.
  base::Result<> serve();
  /// The cluster's CA, which believes the certificate.
  base::Result<std::string> ca_pem() const;
  unsigned short port() const;  ///< 0 while nothing is served
  base::Task<> stop();

 private:
  base::Result<net::TlsServer> issue() const;
  base::Result<> start(net::TlsServer tls);
  /// When the files that issue() reads were written; the least time of one that is not there.
  std::vector<std::filesystem::file_time_type> written_at() const;

  base::asio::any_io_executor executor_;
  const base::Clock& clock_;
  LoopbackServerOptions options_;
  net::HttpServer::Handler handler_;
  std::optional<net::HttpServer> server_;
  base::UtcTime renewed_at_;
  std::vector<std::filesystem::file_time_type> issued_from_;
};

}  // namespace slipway::kube
