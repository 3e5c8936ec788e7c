// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/metrics_server.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

#include "agent/kube/local_kube_api.hpp"
#include "agent/metrics/metrics_api.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::metrics {

using base::Result;
using base::Task;

namespace {

using namespace std::chrono_literals;

constexpr auto kRetry = 5s;
constexpr auto kRenewal = 24h;
constexpr auto kLifetime = 7 * 24h;
constexpr auto kClockTolerance = 24h;  // of a node's clock at its first boot
constexpr auto kGrace = 1s;
constexpr std::size_t kPemLimitBytes = 64 << 10;
constexpr std::size_t kMostConnections = 64;
constexpr std::size_t kRequestLimitBytes = 64 << 10;
constexpr auto kFrontProxy = "front-proxy-client";  // kubeadm's name for the API server's client

Result<net::TlsServer> tls_of(const MetricsServerOptions& options, base::UtcTime now) {
  const auto read = [&](const char* name) {
    return base::read_file(options.pki / name, kPemLimitBytes);
  };
  auto ca = read("ca.crt");
  if (!ca) return base::fail(ca);
  auto key = read("ca.key");
  if (!key) return base::fail(key);
  auto proxy_ca = read("front-proxy-ca.crt");
  if (!proxy_ca) return base::fail(proxy_ca);
  auto own = pki::issue({*ca, *key}, {.common_name = kServerName,
                                      .dns_names = {kServerName},
                                      .usage = pki::Usage::kServer,
                                      .not_before = now - kClockTolerance,
                                      .not_after = now + kLifetime});
  if (!own) return base::fail(own);
  return net::TlsServer{own->certificate_pem + *ca, own->key_pem, *std::move(proxy_ca)};
}

}  // namespace

struct MetricsServer::State {
  State(base::asio::any_io_executor on, const base::Clock& time, MetricsServerOptions with)
      : executor(on),
        clock(time),
        options(std::move(with)),
        api(on, options.kubeconfig),
        metrics(on, api, time) {}

  base::asio::any_io_executor executor;
  const base::Clock& clock;
  MetricsServerOptions options;
  kube::LocalKubeApi api;
  MetricsApi metrics;
  std::optional<net::HttpServer> server;

  Task<net::HttpResponse> answer(net::HttpRequest request) {
    if (request.peer.identity == kFrontProxy) co_return co_await metrics.answer(std::move(request));
    net::HttpResponse refused;
    refused.status = 403;
    co_return refused;
  }

  /// Or becomes one: workers have no key of the cluster's CA.
  bool is_master() const { return std::filesystem::exists(options.pki / "ca.key"); }

  Result<> serve(net::TlsServer tls) {
    if (server) return server->renew(std::move(tls));
    net::HttpServerOptions with;
    with.port = options.port;
    with.tls = std::move(tls);
    with.max_body_bytes = kRequestLimitBytes;
    with.max_connections = kMostConnections;
    server.emplace(
        executor, std::move(with),
        [this](net::HttpRequest request) { return answer(std::move(request)); },
        [](net::HttpRequest) -> Task<net::HttpServer::Decision> {
          net::HttpResponse refused;
          refused.status = 400;
          co_return net::HttpServer::Decision{std::move(refused)};
        });
    auto started = server->start();
    if (!started) server.reset();
    return started;
  }

  /// Another certificate, and the registration, in case somebody removed it.
  Task<Result<>> begin() {
    auto tls = tls_of(options, clock.utc());
    if (!tls) co_return base::fail(tls);
    if (auto serves = serve(*std::move(tls)); !serves) co_return serves;
    auto ca = base::read_file(options.pki / "ca.crt", kPemLimitBytes);
    if (!ca) co_return base::fail(ca);
    co_return co_await register_metrics(api, *std::move(ca));
  }
};

MetricsServer::MetricsServer(base::asio::any_io_executor executor, const base::Clock& clock,
                             MetricsServerOptions options)
    : state_(std::make_unique<State>(executor, clock, std::move(options))) {}

MetricsServer::~MetricsServer() = default;

unsigned short MetricsServer::port() const {
  return state_->server ? state_->server->port() : 0;
}

Task<> MetricsServer::run() {
  std::string said;
  for (;;) {
    if (!state_->is_master()) {
      co_await base::sleep_for(kRetry);
      continue;
    }
    auto begun = co_await state_->begin();
    if (begun) spdlog::info("metrics.k8s.io is served on port {}", port());
    const auto& why = begun ? std::string() : begun.error().message;
    if (!why.empty() && why != said) spdlog::info("metrics.k8s.io is not served yet: {}", why);
    said = why;
    co_await base::sleep_for(begun ? base::Duration(kRenewal) : base::Duration(kRetry));
  }
}

Task<> MetricsServer::stop() {
  if (!state_->server) co_return;
  co_await state_->server->stop(kGrace);
  state_->server.reset();
}

}  // namespace slipway::metrics
