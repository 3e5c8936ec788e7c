// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

#include "agent/metrics/registration.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::metrics {

struct MetricsServerOptions {
  std::filesystem::path kubeconfig = "/etc/kubernetes/admin.conf";
  std::filesystem::path pki = "/etc/kubernetes/pki";
  unsigned short port = kMetricsPort;
  std::chrono::milliseconds look{300'000};  ///< at its certificate and its registration
};

/// Serves metrics.k8s.io on a master's loopback address, to the API server alone (by the CA of its
/// front proxy). Waits until the master's PKI is there; its own certificate comes from the
/// cluster's CA and is new each day, or some minutes after that CA or the clock was changed.
class MetricsServer {
 public:
  MetricsServer(base::asio::any_io_executor executor, const base::Clock& clock,
                MetricsServerOptions options);
  ~MetricsServer();

  /// Works until cancelled; stop() before it goes.
  base::Task<> run();
  base::Task<> stop();
  unsigned short port() const;  ///< 0 while nothing is served

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::metrics
