// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/loopback_relay.hpp"

#include <string>
#include <utility>

#include "agent/discovery/relayed_body.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/letter_case.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::discovery {
namespace {

constexpr std::chrono::milliseconds kLinkPoll{50};
constexpr std::chrono::milliseconds kPollPatience{60'000};  // of a long poll that lost its link
constexpr std::chrono::seconds kHeadLimit{10};
constexpr std::chrono::milliseconds kStopGrace{100};

net::HttpResponse refusal(int status, std::string why) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain");
  response.body = std::move(why) + "\n";
  return response;
}

/// Of the connection, not of the message: they end here.
bool is_hop_by_hop(std::string_view field) {
  const auto name = base::lower_case(field);
  return name == "connection" || name == "keep-alive" || name == "transfer-encoding" ||
         name == "content-length" || name == "host" || name == "upgrade";
}

wire::StreamOpen opening(const net::HttpRequest& request) {
  wire::StreamOpen open;
  auto& http = *open.mutable_http();
  http.set_target(wire::HttpOpen::ETCD_DISCOVERY);
  http.set_method(request.method);
  http.set_path(request.target);
  for (const auto& [name, value] : request.headers.all()) {
    if (is_hop_by_hop(name)) continue;
    auto& header = *http.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  return open;
}

bool is_long_poll(const net::HttpRequest& request) {
  return request.method == "GET" && request.target.find("wait=true") != std::string::npos;
}

base::Task<base::Result<Relayed>> read_head(link::StreamPtr stream) {
  Relayed answer;
  answer.stream = stream;
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk)
      co_return base::fail(base::ErrorCode::kUnavailable, "the stream ended without an answer");
    answer.early += (*chunk)->bytes;
    if (!(*chunk)->note || !(*chunk)->note->has_head()) continue;
    answer.head = std::move(*(*chunk)->note->mutable_head());
    co_return std::move(answer);
  }
}

}  // namespace

struct LoopbackRelay::State : std::enable_shared_from_this<State> {
  State(boost::asio::any_io_executor executor, Open open, std::chrono::milliseconds patience)
      : executor(executor), open(std::move(open)), link_patience(patience) {}

  base::Task<net::HttpResponse> answer(net::HttpRequest request);
  base::Task<base::Result<Relayed>> ask(wire::StreamOpen what, std::string body,
                                        std::chrono::milliseconds patience);

  boost::asio::any_io_executor executor;
  Open open;
  std::chrono::milliseconds link_patience;
  std::unique_ptr<net::HttpServer> server;
  bool stopping = false;
};

/// One try after another until an answer's head is there: a link that breaks meanwhile, or is not
/// there yet, costs time only. Registering twice is the same as once: the controller says 412 to
/// the second, so a PUT is sent once it could be sent, and not again.
base::Task<base::Result<Relayed>> LoopbackRelay::State::ask(wire::StreamOpen what, std::string body,
                                                            std::chrono::milliseconds patience) {
  const bool repeatable = what.http().method() == "GET";
  const auto deadline = std::chrono::steady_clock::now() + patience;
  base::Error last{base::ErrorCode::kUnavailable, "no link to the controller", {}};
  while (!stopping) {
    auto stream = open(what);
    if (stream) {
      base::Result<> sent;
      if (!body.empty()) sent = co_await (*stream)->write(body);
      if (sent) {
        (*stream)->finish();
        auto answer =
            co_await base::with_timeout(kHeadLimit, "the controller's answer", read_head(*stream));
        if (answer) co_return answer;
        last = answer.error();
        if (!repeatable) break;
      } else {
        last = sent.error();
      }
    } else {
      last = stream.error();
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    co_await base::sleep_for(kLinkPoll);
  }
  co_return std::unexpected(last);
}

base::Task<net::HttpResponse> LoopbackRelay::State::answer(net::HttpRequest request) {
  const auto what = opening(request);
  const bool long_poll = is_long_poll(request);
  auto relayed = co_await ask(what, std::move(request.body), link_patience);
  if (!relayed) {
    spdlog::info("discovery: {} {}: {}", request.method, request.target, relayed.error().message);
    co_return refusal(503, relayed.error().message);
  }
  net::HttpResponse response;
  response.status = static_cast<int>(relayed->head.status());
  for (const auto& header : relayed->head.headers())
    if (!is_hop_by_hop(header.name())) response.headers.add(header.name(), header.value());
  RelayedBody::Again again;
  if (long_poll)
    again = [self = shared_from_this(), what] { return self->ask(what, {}, kPollPatience); };
  response.body = std::unique_ptr<net::BodySource>(
      std::make_unique<RelayedBody>(*std::move(relayed), std::move(again)));
  co_return response;
}

LoopbackRelay::LoopbackRelay(boost::asio::any_io_executor executor, Open open, RelayOptions options)
    : state_(std::make_shared<State>(executor, std::move(open), options.link_patience)) {
  net::HttpServerOptions server;
  server.port = options.port;
  server.max_body_bytes = kMaxRelayBodyBytes;
  server.max_connections = 64;
  State* state = state_.get();
  state_->server = std::make_unique<net::HttpServer>(
      executor, std::move(server),
      [state](net::HttpRequest request) { return state->answer(std::move(request)); },
      [](net::HttpRequest) -> base::Task<net::HttpServer::Decision> {
        co_return refusal(400, "no WebSocket here");
      });
}

LoopbackRelay::~LoopbackRelay() = default;

base::Result<> LoopbackRelay::start() {
  return state_->server->start();
}
unsigned short LoopbackRelay::port() const {
  return state_->server->port();
}

base::Task<> LoopbackRelay::stop() {
  state_->stopping = true;
  co_await state_->server->stop(kStopGrace);
}

}  // namespace slipway::discovery
