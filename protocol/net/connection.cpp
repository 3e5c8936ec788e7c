// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "protocol/net/stream.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kLingerBytes = 1 << 20;
constexpr std::chrono::seconds kLingerTime{2};
constexpr int kProbeAfterSeconds = 60;
constexpr int kProbeEverySeconds = 15;
constexpr int kProbes = 4;

}  // namespace

struct Connection::State : std::enable_shared_from_this<State> {
  explicit State(asio::ip::tcp::socket socket)
      : stream(std::move(socket)), timer(stream.get_executor()) {}

  void close() {
    stream.close();
    timer.cancel();
  }

  // One wait is pending at most; when it fires too early it is set again, so that moving the
  // deadline for each request costs nothing.
  void wait_for_deadline() {
    waiting = true;
    timer.expires_at(deadline);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code) {
      const auto self = weak.lock();
      if (!self) return;
      self->waiting = false;
      if (!self->stream.socket().is_open()) return;
      if (self->deadline == kNever) return;
      if (std::chrono::steady_clock::now() < self->deadline) return self->wait_for_deadline();
      self->stream.halt();
    });
  }

  base::Error error_of(const boost::system::error_code& code, const char* doing) {
    if (stream.halted()) {
      return {ErrorCode::kTimeout, std::string("no answer in time while ") + doing};
    }
    if (code == asio::error::eof || code == tls_truncated()) {
      return {ErrorCode::kUnavailable, std::string("the other end closed while ") + doing};
    }
    const bool refused = code.category() == tls_category();
    return {refused ? ErrorCode::kDenied : ErrorCode::kUnavailable,
            std::string(doing) + ": " + code.message()};
  }

  static constexpr base::MonotonicTime kNever = base::MonotonicTime::max();
  Stream stream;
  asio::steady_timer timer;
  base::MonotonicTime deadline = kNever;
  bool waiting = false;
  Peer peer;
};

Connection::Connection(asio::ip::tcp::socket socket)
    : state_(std::make_shared<State>(std::move(socket))) {
  boost::system::error_code ignored;
  auto& own = state_->stream.socket();
  own.set_option(asio::ip::tcp::no_delay(true), ignored);
  auto address = own.remote_endpoint(ignored).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  state_->peer.address = address.to_string();
}

Connection::~Connection() {
  state_->close();
}

Task<Result<>> Connection::accept_tls(TlsContextPtr context) {
  const auto state = state_;
  state->stream.start_tls(std::move(context), TlsRole::kServer);
  const auto error = co_await state->stream.handshake();
  if (error) co_return std::unexpected(state->error_of(error, "TLS handshake"));
  state->peer.identity = state->stream.tls()->peer_name();
  co_return Result<>{};
}

Task<Result<>> Connection::connect_tls(TlsContextPtr context, std::string host) {
  const auto state = state_;
  const std::string name = context->server_name.empty() ? host : context->server_name;
  state->stream.start_tls(std::move(context), TlsRole::kClient);
  if (!state->stream.tls()->expect_name(name)) {
    co_return base::fail(ErrorCode::kInvalid, "not a name that a certificate can bear: " + name,
                         "server_name");
  }
  const auto error = co_await state->stream.handshake();
  const std::string why = error ? state->stream.tls()->verify_error() : std::string();
  if (!why.empty()) {
    co_return base::fail(ErrorCode::kDenied, "the certificate of " + name + " is refused: " + why,
                         "ca");
  }
  if (error) co_return std::unexpected(state->error_of(error, "TLS handshake"));
  co_return Result<>{};
}

Task<Result<std::size_t>> Connection::read_more() {
  const auto state = state_;
  const Progress got = co_await state->stream.receive();
  if (got.error == asio::error::eof) co_return 0;
  if (got.error) co_return std::unexpected(state->error_of(got.error, "reading"));
  co_return got.size;
}

std::string& Connection::unread() {
  return state_->stream.unread();
}

Task<Result<>> Connection::write(std::string head, std::string body) {
  const auto state = state_;
  const auto error = co_await state->stream.send(asio::buffer(head), asio::buffer(body));
  if (error) co_return std::unexpected(state->error_of(error, "writing"));
  co_return Result<>{};
}

Task<Result<>> Connection::finish() {
  const auto state = state_;
  const auto error = co_await state->stream.farewell();
  if (error) co_return std::unexpected(state->error_of(error, "writing"));
  co_return Result<>{};
}

void Connection::probe_when_idle() {
  const int fd = state_->stream.socket().native_handle();
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kProbeAfterSeconds, sizeof(int));
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kProbeEverySeconds, sizeof(int));
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof(int));
}

void Connection::expires_after(base::Duration limit) {
  state_->stream.resume();
  const auto before = state_->deadline;
  state_->deadline = std::chrono::steady_clock::now() + limit;
  if (state_->waiting && state_->deadline < before) {
    state_->timer.cancel();  // the pending wait ends and is set again
  } else if (!state_->waiting) {
    state_->wait_for_deadline();
  }
}

void Connection::expires_never() {
  state_->stream.resume();
  state_->deadline = State::kNever;
}

void Connection::close() {
  state_->close();
}

Task<> Connection::linger() {
  const auto state = state_;
  boost::system::error_code ignored;
  state->stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  expires_after(kLingerTime);
  co_await state->stream.swallow(kLingerBytes);
  state->close();
}

bool Connection::is_idle() {
  return state_->stream.is_silent();
}

Peer Connection::peer() const {
  return state_->peer;
}

Stream& Connection::stream() {
  return state_->stream;
}

}  // namespace slipway::net
