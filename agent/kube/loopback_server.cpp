// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/loopback_server.hpp"

#include <utility>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::kube {
namespace {

using base::Result;
using base::Task;
using namespace std::chrono_literals;

constexpr auto kRenewal = 24h;
constexpr auto kLifetime = 7 * 24h;
constexpr auto kClockTolerance = 24h;  // of a node's clock at its first boot
constexpr auto kGrace = 1s;
constexpr auto kIdleLimit = 1h;  // the API server's end is the first to let go of a connection
constexpr std::size_t kPemLimitBytes = 64 << 10;
constexpr auto kLoopback = "127.0.0.1";

Task<net::HttpServer::Decision> no_upgrade(net::HttpRequest) {
  net::HttpResponse refused;
  refused.status = 400;
  co_return net::HttpServer::Decision{std::move(refused)};
}

}  // namespace

LoopbackServer::LoopbackServer(base::asio::any_io_executor executor, const base::Clock& clock,
                               LoopbackServerOptions options, net::HttpServer::Handler handler)
    : executor_(std::move(executor)),
      clock_(clock),
      options_(std::move(options)),
      handler_(std::move(handler)) {}

bool LoopbackServer::is_master() const {
  std::error_code failure;
  return std::filesystem::exists(options_.pki / "ca.key", failure);
}

unsigned short LoopbackServer::port() const {
  return server_ ? server_->port() : 0;
}

Result<std::string> LoopbackServer::ca_pem() const {
  return base::read_file(options_.pki / "ca.crt", kPemLimitBytes);
}

Result<net::TlsServer> LoopbackServer::issue() const {
  auto ca = ca_pem();
  if (!ca) return base::fail(ca);
  auto key = base::read_file(options_.pki / "ca.key", kPemLimitBytes);
  if (!key) return base::fail(key);
  Result<std::string> clients = std::string{};
  if (!options_.client_ca_file.empty())
    clients = base::read_file(options_.pki / options_.client_ca_file, kPemLimitBytes);
  if (!clients) return base::fail(clients);
  const auto now = clock_.utc();
  auto own = pki::issue({*ca, *key}, {.common_name = options_.name,
                                      .dns_names = {options_.name},
                                      .ip_addresses = {kLoopback},
                                      .usage = pki::Usage::kServer,
                                      .not_before = now - kClockTolerance,
                                      .not_after = now + kLifetime});
  if (!own) return base::fail(own);
  return net::TlsServer{own->certificate_pem + *ca, own->key_pem, *std::move(clients)};
}

std::vector<std::filesystem::file_time_type> LoopbackServer::written_at() const {
  std::vector<std::filesystem::file_time_type> times;
  for (const std::string& file :
       {std::string("ca.crt"), std::string("ca.key"), options_.client_ca_file}) {
    std::error_code failure;
    if (!file.empty()) {
      times.push_back(std::filesystem::last_write_time(options_.pki / file, failure));
    }
  }
  return times;
}

Result<> LoopbackServer::start(net::TlsServer tls) {
  net::HttpServerOptions with;
  with.address = kLoopback;
  with.port = options_.port;
  with.tls = std::move(tls);
  with.max_body_bytes = options_.max_body_bytes;
  with.max_connections = options_.max_connections;
  with.idle_timeout = kIdleLimit;
  server_.emplace(executor_, std::move(with), handler_, no_upgrade);
  auto started = server_->start();
  if (!started) server_.reset();
  return started;
}

Result<> LoopbackServer::serve() {
  const auto age = clock_.utc() - renewed_at_;
  auto written = written_at();
  if (server_ && age >= 0s && age < kRenewal && written == issued_from_) return {};
  auto tls = issue();
  if (!tls) return base::fail(tls);
  auto serves = server_ ? server_->renew(*std::move(tls)) : start(*std::move(tls));
  if (!serves) return serves;
  renewed_at_ = clock_.utc();
  issued_from_ = std::move(written);
  return {};
}

Task<> LoopbackServer::stop() {
  if (!server_) co_return;
  co_await server_->stop(kGrace);
  server_.reset();
}

}  // namespace slipway::kube
