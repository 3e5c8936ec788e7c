// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/admission_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>

#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/pki/pki.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::admission {
namespace {

using namespace std::chrono_literals;

std::string review_of(bool host_pid) {
  return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",)"
         R"("operation":"CREATE","kind":{"group":"","version":"v1","kind":"Pod"},)"
         R"("object":{"spec":{"hostPID":)" +
         std::string(host_pid ? "true" : "false") + "}}}}";
}

struct Asked {
  int status = 0;  ///< 0: no connection
  std::string body;
};

struct AdmissionServerTest : testing::Test {
  AdmissionServerTest() {
    std::string name = "/tmp/slipway-admission-XXXXXX";
    directory = ::mkdtemp(name.data());
    cluster = pki::make_ca("kubernetes", clock.utc() - 1h, clock.utc() + 1h);
    write("ca.crt", cluster.certificate_pem);
    write("ca.key", cluster.key_pem);
  }
  ~AdmissionServerTest() override { std::filesystem::remove_all(directory); }
  void write(const char* name, const std::string& text) const {
    std::ofstream(directory / name) << text;
  }

  /// As an API server asks: by the address, without a certificate, believing the cluster's CA.
  base::Task<Asked> ask(unsigned short port, std::string method, std::string path,
                        std::string body) {
    net::HttpClientOptions options;
    options.endpoint = {"127.0.0.1", port};
    options.tls = net::TlsClient{.ca_pem = cluster.certificate_pem};
    net::HttpClient http(io.get_executor(), std::move(options));
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(path);
    request.body = std::move(body);
    auto answer = co_await http.send(std::move(request));
    if (!answer) co_return Asked{};
    const int status = answer->status;
    auto text = co_await net::read_all(std::move(*answer), 1 << 20);
    co_return Asked{status, text.value_or("")};
  }

  template <class Work>
  void with_server(Work work) {
    AdmissionServer server(io.get_executor(), clock,
                           {.kubeconfig = directory / "admin.conf",
                            .pki = directory,
                            .port = 0,
                            .node_name = [] { return "m1"; },
                            .is_gateway = [] { return true; }});
    base::TaskScope scope(io.get_executor());
    EXPECT_TRUE(fakes::run_task(io, all(server, scope, std::move(work))));
  }
  template <class Work>
  base::Task<bool> all(AdmissionServer& server, base::TaskScope& scope, Work work) {
    scope.spawn("admission", server.run());
    for (int turns = 0; turns < 500 && server.port() == 0; ++turns) co_await base::sleep_for(10ms);
    co_await work(server);
    co_await scope.join();
    co_await server.stop();
    co_return true;
  }

  base::SystemClock clock;
  boost::asio::io_context io;
  std::filesystem::path directory;
  pki::KeyPair cluster;
};

TEST_F(AdmissionServerTest, AnswersReviewsBeforeThereIsAnApiServer) {
  with_server([&](AdmissionServer& server) -> base::Task<> {
    for (const bool bad : {false, true}) {
      const auto asked = co_await ask(server.port(), "POST", "/review?timeout=5s", review_of(bad));
      EXPECT_EQ(asked.status, 200) << asked.body;
      const auto response = boost::json::parse(asked.body).at("response");
      EXPECT_EQ(response.at("allowed").as_bool(), !bad) << asked.body;
    }
  });
}

TEST_F(AdmissionServerTest, WhatCannotBeLookedUpIsRefusedWithWhatToDo) {
  const auto asks = R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{
      "uid":"u","operation":"CREATE","namespace":"own","kind":{"group":"apps","version":"v1",
      "kind":"Deployment"},"object":{"spec":{"replicas":2,"template":{"spec":{"volumes":[
      {"persistentVolumeClaim":{"claimName":"data"}}]}}}}}})";
  with_server([&](AdmissionServer& server) -> base::Task<> {
    const auto asked = co_await ask(server.port(), "POST", "/review", asks);
    const auto response = boost::json::parse(asked.body).at("response");
    EXPECT_FALSE(response.at("allowed").as_bool()) << asked.body;
    EXPECT_NE(asked.body.find("try again"), std::string::npos) << asked.body;
  });
}

TEST_F(AdmissionServerTest, WhatIsNoReviewIsRefusedAndTheNextOneAnswered) {
  with_server([&](AdmissionServer& server) -> base::Task<> {
    EXPECT_EQ((co_await ask(server.port(), "POST", "/review", "{")).status, 400);
    EXPECT_EQ((co_await ask(server.port(), "POST", "/review", std::string(9 << 20, '['))).status,
              413);
    EXPECT_EQ((co_await ask(server.port(), "GET", "/review", "")).status, 405);
    EXPECT_EQ((co_await ask(server.port(), "POST", "/", review_of(false))).status, 404);
    EXPECT_EQ((co_await ask(server.port(), "POST", "/review", review_of(false))).status, 200);
  });
}

TEST_F(AdmissionServerTest, AWorkerServesNothing) {
  std::filesystem::remove(directory / "ca.key");
  AdmissionServer server(io.get_executor(), clock,
                         {.kubeconfig = directory / "admin.conf",
                          .pki = directory,
                          .port = 0,
                          .node_name = [] { return "w1"; },
                          .is_gateway = [] { return false; }});
  base::TaskScope scope(io.get_executor());
  scope.spawn("admission", server.run());
  io.poll();
  EXPECT_EQ(server.port(), 0);
  EXPECT_TRUE(fakes::run_task(io, [](base::TaskScope& all) -> base::Task<bool> {
    co_await all.join();
    co_return true;
  }(scope)));
}

}  // namespace
}  // namespace slipway::admission
