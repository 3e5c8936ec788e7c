// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/metrics_server.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

#include "agent/kube/local_kube_api.hpp"
#include "agent/kube/loopback_server.hpp"
#include "agent/metrics/metrics_api.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::metrics {

using base::Result;
using base::Task;

namespace {

using namespace std::chrono_literals;

constexpr auto kRetry = 5s;
constexpr auto kFrontProxy = "front-proxy-client";  // kubeadm's name for the API server's client

kube::LoopbackServerOptions served_by(const MetricsServerOptions& options) {
  return {.pki = options.pki,
          .port = options.port,
          .name = kServerName,
          .client_ca_file = "front-proxy-ca.crt"};
}

}  // namespace

struct MetricsServer::State {
  State(base::asio::any_io_executor executor, const base::Clock& clock,
        const MetricsServerOptions& options)
      : look(options.look),
        api(executor, options.kubeconfig),
        metrics(executor, api, clock),
        server(executor, clock, served_by(options),
               [this](net::HttpRequest request) { return answer(std::move(request)); }) {}

  std::chrono::milliseconds look;
  kube::LocalKubeApi api;
  MetricsApi metrics;
  kube::LoopbackServer server;

  Task<net::HttpResponse> answer(net::HttpRequest request) {
    if (request.peer.identity == kFrontProxy) co_return co_await metrics.answer(std::move(request));
    net::HttpResponse refused;
    refused.status = 403;
    co_return refused;
  }

  /// Another certificate where one is due, and the registration, in case somebody removed it.
  Task<Result<>> begin() {
    if (auto serves = server.serve(); !serves) co_return serves;
    auto ca = server.ca_pem();
    if (!ca) co_return base::fail(ca);
    co_return co_await register_metrics(api, *std::move(ca));
  }
};

MetricsServer::MetricsServer(base::asio::any_io_executor executor, const base::Clock& clock,
                             MetricsServerOptions options)
    : state_(std::make_unique<State>(executor, clock, options)) {}

MetricsServer::~MetricsServer() = default;

unsigned short MetricsServer::port() const {
  return state_->server.port();
}

Task<> MetricsServer::run() {
  std::optional<std::string> said;
  for (;;) {
    if (!state_->server.is_master()) {
      co_await base::sleep_for(kRetry);
      continue;
    }
    auto begun = co_await state_->begin();
    const auto& why = begun ? std::string() : begun.error().message;
    if (why != said && begun) spdlog::info("metrics.k8s.io is served on port {}", port());
    if (why != said && !begun) spdlog::info("metrics.k8s.io is not served yet: {}", why);
    said = why;
    co_await base::sleep_for(begun ? base::Duration(state_->look) : base::Duration(kRetry));
  }
}

Task<> MetricsServer::stop() {
  co_await state_->server.stop();
}

}  // namespace slipway::metrics
