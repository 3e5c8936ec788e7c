// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http_server.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

#include "protocol/base/log.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_session.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{
    100};  // after a failure such as no descriptors left
// Thousands who come at once, after a restart, are let in as fast as their handshakes get done; if
// all had begun together none would be done before its client gives up, and all would come again.
constexpr std::size_t kMostHandshakes = 64;
constexpr std::chrono::seconds kHandshakePatience{1};  // who takes longer keeps nobody out

void keep_alive(tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

}  // namespace

struct HttpServer::State {
  State(asio::any_io_executor executor, ServerContext shared)
      : context(std::move(shared)),
        acceptor(executor),
        calm(executor, asio::steady_timer::time_point::max()),
        turn(executor),
        came(executor),
        scope(executor) {
    context.calmed = [this] { calm.cancel(); };
    context.shaken = [this] { turn.cancel(); };
  }

  /// Until fewer than kMostHandshakes go on that are younger than kHandshakePatience.
  Task<> wait_turn() {
    const auto& going_on = context.handshakes;
    while (acceptor.is_open() && going_on.size() >= kMostHandshakes) {
      const auto oldest_that_counts = *std::prev(going_on.end(), kMostHandshakes);
      turn.expires_at(oldest_that_counts + kHandshakePatience);
      if (turn.expiry() <= std::chrono::steady_clock::now()) co_return;
      co_await turn.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  /// Takes who comes at once: the kernel's queue is short, and whom it drops comes back late.
  Task<> accept_all() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (!acceptor.is_open()) break;
      if (error) {
        spdlog::warn("cannot accept a connection: {}", error.message());
        co_await base::sleep_for(kAcceptPause);
        continue;
      }
      if (context.connections + waiting.size() >= context.options.max_connections) continue;
      keep_alive(socket);
      waiting.push_back(std::move(socket));
      came.notify();
    }
  }

  /// First come, first served: who waits has a descriptor and nothing else.
  Task<> admit_all() {
    const auto executor = co_await asio::this_coro::executor;
    while (acceptor.is_open()) {
      if (waiting.empty()) {
        co_await came.wait();
        continue;
      }
      co_await wait_turn();
      if (!acceptor.is_open()) break;
      scope.spawn("http connection", serve(std::move(waiting.front())));
      waiting.pop_front();
      co_await asio::post(executor, asio::use_awaitable);  // its handshake has begun, and counts
    }
    waiting.clear();
  }

  Task<> serve(tcp::socket socket) {
    struct Seat {
      std::size_t& taken;
      explicit Seat(std::size_t& count) : taken(count) { ++taken; }
      ~Seat() { --taken; }
    } seat(context.connections);
    auto onward = co_await serve_connection(&context, std::move(socket));
    if (onward) co_await std::move(*onward);
  }

  Task<> wait_calm() {
    while (context.busy > 0) {
      co_await calm.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  ServerContext context;
  tcp::acceptor acceptor;
  asio::steady_timer calm;  // never fires; cancelled when the last running request has ended
  asio::steady_timer turn;  // cancelled when a handshake is over
  std::deque<tcp::socket> waiting;
  base::Wakeup came;
  base::TaskScope scope;
};

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerOptions options, Handler handler,
                       UpgradeHandler upgrade)
    : state_(std::make_unique<State>(std::move(executor),
                                     ServerContext{.options = std::move(options),
                                                   .handler = std::move(handler),
                                                   .upgrade = std::move(upgrade)})) {}

HttpServer::~HttpServer() = default;

Result<> HttpServer::start() {
  auto& options = state_->context.options;
  if (options.tls) {
    if (auto renewed = renew(*options.tls); !renewed) return renewed;
  }
  auto& acceptor = state_->acceptor;
  boost::system::error_code error;
  if (options.listening_fd >= 0) {
    sockaddr_storage bound{};
    socklen_t size = sizeof(bound);
    ::getsockname(options.listening_fd, reinterpret_cast<sockaddr*>(&bound), &size);
    acceptor.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), options.listening_fd,
                    error);
  } else {
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
      return base::fail(ErrorCode::kInvalid, "not an IP address: " + options.address, "listen");
    }
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    const std::string where = "port " + std::to_string(options.port) + " on " + options.address;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    const bool in_use = error == asio::error::address_in_use;
    return base::fail(
        ErrorCode::kUnavailable,
        in_use ? where + " is in use" : "cannot listen on " + where + ": " + error.message());
  }
  state_->scope.spawn("http accept", state_->accept_all());
  state_->scope.spawn("http admit", state_->admit_all());
  return {};
}

unsigned short HttpServer::port() const {
  boost::system::error_code ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

Result<> HttpServer::renew(TlsServer tls) {
  auto context = make_server_context(tls);
  if (!context) return base::fail(context);
  state_->context.tls = std::move(*context);
  return {};
}

Task<> HttpServer::stop(std::chrono::milliseconds grace) {
  using namespace asio::experimental::awaitable_operators;
  auto& state = *state_;
  state.context.stopping = true;
  boost::system::error_code ignored;
  state.acceptor.close(ignored);
  state.turn.cancel();
  state.came.notify();
  for (Connection* connection : std::set(state.context.idle)) connection->close();
  co_await (state.wait_calm() || base::sleep_for(grace));
  co_await state.scope.join();
}

}  // namespace slipway::net
