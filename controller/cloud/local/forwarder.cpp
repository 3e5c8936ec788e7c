// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/forwarder.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "controller/cloud/local/network_namespace.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::cloud::local {
namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {
constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::size_t kConnectionLimit = 512;  ///< then accepted and closed
constexpr std::chrono::seconds kDialLimit{10};
constexpr std::chrono::milliseconds kAcceptPause{200};
// Below the range that the kernel hands out for outgoing connections.
constexpr unsigned short kFirstPort = 21'000, kLastPort = 29'999;

// Until `from` has ended; then `to` is told that no more comes.
Task<> pump(tcp::socket& from, tcp::socket& to) {
  auto buffer = std::make_unique<std::array<char, kBufferBytes>>();
  boost::system::error_code ended;
  while (!ended) {
    auto [read_error, n] = co_await from.async_read_some(asio::buffer(*buffer), kQuiet);
    if (read_error == asio::error::eof) break;
    if (read_error) {
      ended = read_error;
      break;
    }
    auto [write_error, written] =
        co_await asio::async_write(to, asio::buffer(buffer->data(), n), kQuiet);
    ended = write_error;
  }
  boost::system::error_code ignored;
  to.shutdown(tcp::socket::shutdown_send, ignored);
  if (ended) from.close(ignored), to.close(ignored);  // broken: the other direction ends too
}

bool open_at(tcp::acceptor& acceptor, unsigned short port) {
  boost::system::error_code error;
  tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  boost::system::error_code ignored;
  if (error) acceptor.close(ignored);
  return !error;
}
}  // namespace

Forwarder::Forwarder(asio::any_io_executor executor, asio::thread_pool& pool, ForwardTarget target)
    : pool_(pool), target_(std::move(target)), acceptor_(executor), tasks_(executor) {}

Result<unsigned short> Forwarder::start(unsigned short wanted) {
  bool opened = wanted != 0 && open_at(acceptor_, wanted);
  for (unsigned port = kFirstPort; !opened && port <= kLastPort; ++port) {
    opened = open_at(acceptor_, static_cast<unsigned short>(port));
  }
  if (!opened) return fail(ErrorCode::kExhausted, "no free port on this host's loopback");
  tasks_.spawn("forwarder " + address(), accept());
  return acceptor_.local_endpoint().port();
}

Task<> Forwarder::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  co_await tasks_.join();
}

std::string Forwarder::address() const {
  boost::system::error_code error;
  tcp::endpoint at = acceptor_.local_endpoint(error);
  return error ? std::string{} : "127.0.0.1:" + std::to_string(at.port());
}

Task<> Forwarder::accept() {
  while (acceptor_.is_open()) {
    auto [error, client] = co_await acceptor_.async_accept(kQuiet);
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (error) {  // out of descriptors and the like
      spdlog::warn("forwarder {}: {}", address(), error.message());
      co_await base::sleep_for(kAcceptPause);
      continue;
    }
    if (connections_ >= kConnectionLimit) continue;  // closes it
    tasks_.spawn("forwarded connection", carry(std::move(client)));
  }
}

Task<Result<tcp::socket>> Forwarder::dial() {
  tcp::socket machine(acceptor_.get_executor());
  boost::system::error_code error;
  if (!target_.network_namespace.empty()) {
    auto made = co_await base::offload(
        pool_, [name = target_.network_namespace] { return tcp_socket_in(name); });
    if (!made) co_return fail(made);
    machine.assign(tcp::v4(), made->release(), error);
  }
  auto address = asio::ip::make_address(target_.address, error);
  if (error) co_return fail(ErrorCode::kInvalid, "not an address: " + target_.address);
  tcp::endpoint endpoint(address, target_.port);
  if (!machine.is_open()) machine.open(endpoint.protocol(), error);
  auto [failed] = co_await machine.async_connect(endpoint, kQuiet);
  if (failed) co_return fail(ErrorCode::kUnavailable, failed.message());
  machine.set_option(tcp::no_delay(true), error);
  co_return std::move(machine);
}

Task<> Forwarder::carry(tcp::socket client) {
  using namespace asio::experimental::awaitable_operators;
  struct Count {
    std::size_t& n;
    explicit Count(std::size_t& counted) : n(++counted) {}
    ~Count() { --n; }
  } count(connections_);
  auto machine = co_await base::with_timeout(kDialLimit, target_.address, dial());
  if (!machine) {
    spdlog::debug("forward to {}:{}: {}", target_.address, target_.port, machine.error().message);
    co_return;
  }
  boost::system::error_code ignored;
  client.set_option(tcp::no_delay(true), ignored);
  co_await (pump(client, *machine) && pump(*machine, client));
}

}  // namespace slipway::cloud::local
