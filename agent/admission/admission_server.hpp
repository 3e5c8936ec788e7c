// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "agent/admission/registration.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::admission {

struct AdmissionServerOptions {
  std::filesystem::path kubeconfig = "/etc/kubernetes/admin.conf";
  std::filesystem::path pki = "/etc/kubernetes/pki";
  unsigned short port = kAdmissionPort;
  std::function<std::string()> node_name;  ///< empty: not known yet
  std::function<bool()> is_gateway;        ///< whose task the registration is
};

/// Answers the API server beside it on a master whether an object may stand in a project's
/// namespace. Serves from the moment that the cluster's CA is there, which is before the API server
/// is; sees to it that all API servers ask.
class AdmissionServer {
 public:
  AdmissionServer(base::asio::any_io_executor executor, const base::Clock& clock,
                  AdmissionServerOptions options);
  ~AdmissionServer();

  /// Works until cancelled; stop() before it goes.
  base::Task<> run();
  base::Task<> stop();
  unsigned short port() const;  ///< 0 while nothing is served

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::admission
