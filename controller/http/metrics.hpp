// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace slipway::http {

/// The controller's own metrics, in Prometheus' text format.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;

  void answered(const std::string& route, const std::string& method, int status,
                std::chrono::nanoseconds took);
  void login_failed();
  void socket_opened(const std::string& route);
  void socket_closed(const std::string& route);
  /// A gauge that is read when it is asked for.
  void watch(const std::string& name, const std::string& help, std::function<double()> read);
  std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::http
