// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/metrics_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>

#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/pki/pki.hpp"
#include "tests/fakes/run_task.hpp"
#include "tests/fakes/tls_kube_api.hpp"

namespace slipway::metrics {
namespace {

using namespace std::chrono_literals;

struct MetricsServerTest : testing::Test {
  MetricsServerTest() {
    std::string name = "/tmp/slipway-metrics-XXXXXX";
    directory = ::mkdtemp(name.data());
    cluster = ca("kubernetes");
    front_proxy = ca("front-proxy-ca");
    write("ca.crt", cluster.certificate_pem);
    write("ca.key", cluster.key_pem);
  }
  ~MetricsServerTest() override { std::filesystem::remove_all(directory); }

  pki::KeyPair ca(const char* name) const {
    return pki::make_ca(name, clock.utc() - 1h, clock.utc() + 1h);
  }
  pki::KeyPair client(const pki::KeyPair& of, const char* name) const {
    return pki::issue(of, {.common_name = name,
                           .usage = pki::Usage::kClient,
                           .not_before = clock.utc() - 1h,
                           .not_after = clock.utc() + 1h})
        .value();
  }
  void write(const char* name, const std::string& text) const {
    std::ofstream(directory / name) << text;
  }

  /// What a request comes to: a status, or 0 where there was no connection.
  base::Task<int> asked_as(pki::KeyPair who, unsigned short port) {
    net::HttpClientOptions options;
    options.endpoint = {"127.0.0.1", port};
    options.tls = net::TlsClient{.ca_pem = cluster.certificate_pem,
                                 .certificate_pem = who.certificate_pem,
                                 .key_pem = who.key_pem,
                                 .server_name = kServerName};
    net::HttpClient http(io.get_executor(), std::move(options));
    net::HttpRequest request;
    request.target = "/apis/metrics.k8s.io/v1beta1";
    auto answer = co_await http.send(std::move(request));
    co_return answer ? answer->status : 0;
  }

  /// Each client's status, with a server that begins when the front proxy's CA is there.
  std::vector<int> statuses(std::vector<pki::KeyPair> clients) {
    MetricsServer server(io.get_executor(), clock,
                         {.kubeconfig = directory / "admin.conf", .pki = directory, .port = 0});
    base::TaskScope scope(io.get_executor());
    return fakes::run_task(io, all(server, scope, std::move(clients)));
  }
  base::Task<std::vector<int>> all(MetricsServer& server, base::TaskScope& scope,
                                   std::vector<pki::KeyPair> clients) {
    scope.spawn("metrics", server.run());
    std::vector<int> found;
    for (int turns = 0; turns < 500 && server.port() == 0; ++turns) co_await base::sleep_for(10ms);
    for (auto& who : clients) found.push_back(co_await asked_as(who, server.port()));
    co_await scope.join();
    co_await server.stop();
    co_return found;
  }

  base::SystemClock clock;
  boost::asio::io_context io;
  std::filesystem::path directory;
  pki::KeyPair cluster;
  pki::KeyPair front_proxy;
};

TEST_F(MetricsServerTest, AnswersTheApiServersFrontProxyAlone) {
  write("front-proxy-ca.crt", front_proxy.certificate_pem);
  const auto found = statuses({client(front_proxy, "front-proxy-client"),
                               client(front_proxy, "somebody"),
                               client(cluster, "front-proxy-client"),
                               {}});
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], 200);
  EXPECT_EQ(found[1], 403);
  EXPECT_NE(found[2], 200);
  EXPECT_NE(found[3], 200);
}

// The API server is told the CA anew and believes no certificate of the one before.
TEST_F(MetricsServerTest, AnotherCaOfTheClusterIsTakenAtTheNextLook) {
  write("front-proxy-ca.crt", front_proxy.certificate_pem);
  const auto who = client(front_proxy, "front-proxy-client");
  int registered = 0;
  fakes::TlsKubeApi api(io.get_executor(), directory / "admin.conf",
                        [&](net::HttpRequest request) -> base::Task<net::HttpResponse> {
                          if (request.target.contains("/apiservices?")) ++registered;
                          co_return net::HttpResponse{.status = 201};
                        });
  MetricsServer server(
      io.get_executor(), clock,
      {.kubeconfig = directory / "admin.conf", .pki = directory, .port = 0, .look = 10ms});
  base::TaskScope scope(io.get_executor());
  fakes::run_task(io, [&]() -> base::Task<bool> {
    scope.spawn("metrics", server.run());
    for (int turns = 0; turns < 500 && registered == 0; ++turns) co_await base::sleep_for(10ms);
    EXPECT_EQ(co_await asked_as(who, server.port()), 200);
    cluster = ca("kubernetes");
    write("ca.crt", cluster.certificate_pem);
    write("ca.key", cluster.key_pem);
    int status = 0;
    for (int turns = 0; turns < 500 && status != 200; ++turns) {
      co_await base::sleep_for(10ms);
      status = co_await asked_as(who, server.port());
    }
    EXPECT_EQ(status, 200) << "it shows the old CA's certificate";
    EXPECT_GT(registered, 1) << "whoever removes the registration waits for a day";
    co_await scope.join();
    co_await server.stop();
    co_await api.stop();
    co_return true;
  }());
}

}  // namespace
}  // namespace slipway::metrics
