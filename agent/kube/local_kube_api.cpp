// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/local_kube_api.hpp"

#include "agent/kube/kubeconfig.hpp"
#include "protocol/base/files.hpp"

namespace slipway::kube {
namespace {

using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kKubeconfigLimitBytes = 1 << 20;
constexpr std::size_t kIdleConnections = 16;
/// What API servers call themselves, wherever they are reached.
constexpr auto kServerName = "kubernetes";

/// Keeps the client for as long as its body streams.
class HeldBody : public net::BodySource {
 public:
  HeldBody(std::shared_ptr<net::HttpClient> client, std::unique_ptr<net::BodySource> body)
      : client_(std::move(client)), body_(std::move(body)) {}
  Task<Result<std::optional<std::string>>> next() override { return body_->next(); }

 private:
  std::shared_ptr<net::HttpClient> client_;  // destroyed after the body
  std::unique_ptr<net::BodySource> body_;
};

void hold(std::shared_ptr<net::HttpClient> client, net::HttpResponse& response) {
  if (!response.streams()) return;
  auto body = std::move(std::get<1>(response.body));
  response.body = std::make_unique<HeldBody>(std::move(client), std::move(body));
}

}  // namespace

LocalKubeApi::LocalKubeApi(base::asio::any_io_executor executor, std::filesystem::path kubeconfig,
                           std::chrono::milliseconds answer_limit)
    : executor_(std::move(executor)), path_(std::move(kubeconfig)), answer_limit_(answer_limit) {}

Result<std::shared_ptr<net::HttpClient>> LocalKubeApi::client() {
  std::error_code failure;
  const auto written_at = std::filesystem::last_write_time(path_, failure);
  if (failure) {
    return base::fail(ErrorCode::kUnavailable, "the control plane is not up yet on this node");
  }
  if (client_ && written_at == read_at_) return client_;
  auto text = base::read_file(path_, kKubeconfigLimitBytes);
  if (!text) return base::fail(text);
  auto config = parse_kubeconfig(*text);
  if (!config) return base::fail(config);
  net::TlsClient tls;
  tls.ca_pem = std::move(config->ca_pem);
  tls.certificate_pem = std::move(config->certificate_pem);
  tls.key_pem = std::move(config->key_pem);
  net::HttpClientOptions options;
  options.endpoint = {config->host, config->port};
  options.tls = std::move(tls);
  options.response_timeout = answer_limit_;
  options.max_idle_connections = kIdleConnections;
  client_ = std::make_shared<net::HttpClient>(executor_, std::move(options));
  read_at_ = written_at;
  return client_;
}

Task<Result<net::HttpResponse>> LocalKubeApi::send(net::HttpRequest request) {
  auto http = client();
  if (!http) co_return base::fail(http);
  if (!request.headers.has("Host")) request.headers.set("Host", kServerName);
  auto response = co_await (*http)->send(std::move(request));
  if (response) hold(*http, *response);
  co_return response;
}

Task<Result<net::Upgraded>> LocalKubeApi::upgrade(net::HttpRequest request, std::string protocol) {
  auto http = client();
  if (!http) co_return base::fail(http);
  if (!request.headers.has("Host")) request.headers.set("Host", kServerName);
  auto answer = co_await (*http)->upgrade(std::move(request), std::move(protocol));
  if (answer) hold(*http, answer->response);
  co_return answer;
}

}  // namespace slipway::kube
