// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/admission_server.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

#include "agent/admission/lookups.hpp"
#include "agent/kube/local_kube_api.hpp"
#include "agent/kube/loopback_server.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/policy/review.hpp"

namespace slipway::admission {

using base::Result;
using base::Task;

namespace {

using namespace std::chrono_literals;

constexpr auto kRetry = 1s;         // a new master's API server comes some seconds after its CA
constexpr auto kLook = 5s;          // until a registration that somebody changed is put right
constexpr auto kMarkAgain = 10min;  // a node that was deleted and came again has no mark
/// More than an API server has writes under way (its --max-mutating-requests-inflight).
constexpr std::size_t kMostConnections = 256;

net::HttpResponse answered(int status, std::string type, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

/// It changes nothing and tells no more than which mode a claim has, so that anybody on the node
/// may ask.
Task<net::HttpResponse> answer(kube::KubeApi& api, net::HttpRequest request) {
  if (request.target.substr(0, request.target.find('?')) != kReviewPath)
    co_return answered(404, "text/plain", "reviews are asked for at /review\n");
  if (request.method != "POST")
    co_return answered(405, "text/plain", "an AdmissionReview is posted\n");
  const auto review = policy::Review::read(request.body);
  if (!review) co_return answered(400, "text/plain", review.error().message + "\n");
  auto facts = co_await look_up(api, review->name_space(), review->needed());
  if (!facts) {
    co_return answered(200, "application/json",
                       review->refuse("its claims could not be looked at (" +
                                      facts.error().message + "): try again"));
  }
  co_return answered(200, "application/json", review->answer(*facts));
}

kube::LoopbackServerOptions served_by(const AdmissionServerOptions& options) {
  return {.pki = options.pki,
          .port = options.port,
          .name = kServerName,
          .client_ca_file = {},  // an API server shows no certificate to webhooks
          .max_body_bytes = policy::kReviewLimitBytes,
          .max_connections = kMostConnections};
}

}  // namespace

struct AdmissionServer::State {
  State(base::asio::any_io_executor executor, const base::Clock& time, AdmissionServerOptions with)
      : clock(time),
        options(std::move(with)),
        api(executor, options.kubeconfig),
        server(executor, time, served_by(options),
               [this](net::HttpRequest request) { return answer(api, std::move(request)); }) {}

  const base::Clock& clock;
  AdmissionServerOptions options;
  kube::LocalKubeApi api;
  kube::LoopbackServer server;
  std::optional<base::MonotonicTime> marked_at;

  Task<Result<>> mark() {
    if (marked_at && clock.monotonic() - *marked_at < kMarkAgain) co_return Result<>{};
    auto node = options.node_name();
    if (node.empty()) co_return base::fail(base::ErrorCode::kUnavailable, "the node has no name");
    auto marked = co_await mark_served(api, std::move(node));
    if (marked) marked_at = clock.monotonic();
    co_return marked;
  }

  /// All that is to do now, in the order in which it may be done.
  Task<Result<>> keep() {
    if (auto serves = server.serve(); !serves) co_return serves;
    if (auto marked = co_await mark(); !marked) co_return marked;
    if (!options.is_gateway()) co_return Result<>{};
    auto ca = server.ca_pem();
    if (!ca) co_return base::fail(ca);
    co_return co_await register_admission(api, *std::move(ca));
  }
};

AdmissionServer::AdmissionServer(base::asio::any_io_executor executor, const base::Clock& clock,
                                 AdmissionServerOptions options)
    : state_(std::make_unique<State>(executor, clock, std::move(options))) {}

AdmissionServer::~AdmissionServer() = default;

unsigned short AdmissionServer::port() const {
  return state_->server.port();
}

Task<> AdmissionServer::run() {
  std::string said = "-";
  for (;;) {
    if (!state_->server.is_master()) {
      co_await base::sleep_for(kRetry);
      continue;
    }
    auto kept = co_await state_->keep();
    const auto& why = kept ? std::string() : kept.error().message;
    if (why != said && kept) spdlog::info("project rules are kept, on port {}", port());
    if (why != said && !kept) spdlog::info("project rules are not kept yet: {}", why);
    said = why;
    co_await base::sleep_for(kept ? base::Duration(kLook) : base::Duration(kRetry));
  }
}

Task<> AdmissionServer::stop() {
  co_await state_->server.stop();
}

}  // namespace slipway::admission
