// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/link/agent_link.hpp"
#include "protocol/base/log.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_link {

/// A controller's agent port as the agent sees it: enrolment with one token, and links that record
/// what comes. What it refuses is set by the test.
class FakeController {
 public:
  explicit FakeController(boost::asio::any_io_executor executor)
      : ca(pki::make_ca("controller", now() - std::chrono::hours(1),
                        now() + std::chrono::hours(100))) {
    net::HttpServerOptions options;
    options.tls = server_tls();
    server = std::make_unique<net::HttpServer>(
        executor, options, [this](net::HttpRequest request) { return enrol(std::move(request)); },
        [this](net::HttpRequest request) { return upgrade(std::move(request)); });
    if (auto started = server->start(); !started) std::abort();
  }

  static base::UtcTime now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }

  net::TlsServer server_tls() const {
    auto own = pki::issue(signs, {.common_name = "controller",
                                  .ip_addresses = {"127.0.0.1"},
                                  .usage = pki::Usage::kServer,
                                  .not_before = now() - std::chrono::hours(1),
                                  .not_after = now() + std::chrono::hours(1)});
    return {.certificate_chain_pem = own->certificate_pem + signs.certificate_pem,
            .key_pem = own->key_pem,
            .client_ca_pem = bundle_pem};
  }
  void renew_server() { EXPECT_TRUE(server->renew(server_tls())); }

  Controller address() const {
    return {.endpoint = {.host = "127.0.0.1", .port = server->port()},
            .ca_sha256 = {pki::inspect(ca.certificate_pem)->sha256}};
  }

  /// Another CA beside the first: both in the bundle, `signs` signs from now on.
  void change_ca(const pki::KeyPair& next) {
    bundle_pem = ca.certificate_pem + next.certificate_pem;
    signs = next;
    renew_server();
  }
  /// The change's end: the first CA is not known any more.
  void drop_first_ca() {
    ca = signs;
    bundle_pem = ca.certificate_pem;
    renew_server();
  }
  void tell_trust() {
    wire::Order order;
    order.mutable_trust()->set_ca_pem(bundle_pem);
    order.mutable_trust()->set_issuer_sha256(pki::inspect(signs.certificate_pem)->sha256);
    if (link) EXPECT_TRUE(link->send(std::move(order)));
  }

  pki::KeyPair ca;
  pki::KeyPair signs = ca;  ///< nodes' certificates and its own
  std::string bundle_pem = ca.certificate_pem;
  std::string token = std::string(64, 'a');
  std::string answers_for_key;  ///< PEM of another key: the certificate is for that one
  std::chrono::seconds certificate_life = std::chrono::hours(24);
  int refuse_enrolments = 0;         ///< so many answers are 503
  std::uint32_t health_seconds = 0;  ///< what its hello asks for
  bool refuse_links = false;         ///< 403 at /link
  bool refuse_renewals = false;      ///< 403 at /renew
  std::vector<std::string> asked;    ///< "/enrol", "/renew", "/link <identity>"
  std::vector<wire::Report> reports;
  std::function<void(link::Link&)> on_report;
  link::Link* link = nullptr;
  std::unique_ptr<net::HttpServer> server;

 private:
  base::Task<net::HttpResponse> enrol(net::HttpRequest request) {
    asked.push_back(request.target);
    wire::EnrolRequest message;
    const auto refuse = [](int status, const char* field) {
      net::HttpResponse response{.status = status};
      response.body = std::string(R"({"detail":"refused by the test","field":")") + field + "\"}";
      return response;
    };
    if (refuse_enrolments > 0) {
      --refuse_enrolments;
      co_return refuse(503, "");
    }
    if (!message.ParseFromString(request.body)) co_return refuse(400, "body");
    if (request.target == "/enrol" && message.token() != token) co_return refuse(403, "token");
    if (request.target == "/renew" && refuse_renewals) co_return refuse(403, "key");
    auto csr = answers_for_key.empty() ? base::Result<std::string>(message.csr_pem())
                                       : pki::make_csr(answers_for_key, "n");
    auto certificate = pki::sign_csr(signs, *csr,
                                     {.common_name = "machine-1",
                                      .usage = pki::Usage::kClient,
                                      .not_before = now() - certificate_life / 10,
                                      .not_after = now() + certificate_life});
    if (!certificate) co_return refuse(400, "csr");
    wire::EnrolResponse answer;
    answer.set_certificate_pem(*certificate);
    answer.set_ca_pem(bundle_pem);
    answer.set_machine_id("machine-1");
    answer.set_utc_ms(base::to_unix_ms(now()));
    co_return net::HttpResponse{.body = answer.SerializeAsString()};
  }

  base::Task<net::HttpServer::Decision> upgrade(net::HttpRequest request) {
    asked.push_back(request.target + " " + request.peer.identity);
    if (refuse_links || request.peer.identity.empty()) co_return net::HttpResponse{.status = 403};
    net::HttpServer::Session session;
    session.protocol = "slipway.v1";
    session.run = [this](std::unique_ptr<net::Transport> transport) -> base::Task<> {
      wire::Hello hello;
      hello.set_version_min(1);
      hello.set_version_max(1);
      hello.set_health_seconds(health_seconds);
      link::LinkHandlers handlers;
      handlers.report = [this](wire::Report report) {
        reports.push_back(std::move(report));
        if (on_report) on_report(*link);
      };
      link::Link own(wire::Side::kController, hello, std::move(transport), handlers, clock);
      link = &own;
      co_await own.run();
      link = nullptr;
    };
    co_return session;
  }

  base::SystemClock clock;
};

}  // namespace slipway::agent_link
