// SPDX-License-Identifier: Apache-2.0
// A WebSocket echo behind mutual TLS 1.3, as Beast's own examples write one: what a connection
// costs with stock parts. It stands beside the product on purpose and uses none of protocol/net.
// slipway-swarm-echo PORT CERTIFICATE KEY CA
#include <signal.h>
#include <sys/prctl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cstdio>
#include <cstdlib>

#include "protocol/base/task_scope.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using slipway::base::Task;
using slipway::base::TaskScope;

constexpr auto kUse = asio::use_awaitable;
constexpr std::chrono::seconds kHandshakeLimit{30};

Task<> session(tcp::socket socket, asio::ssl::context& tls) {
  websocket::stream<beast::ssl_stream<beast::tcp_stream>> stream(std::move(socket), tls);
  beast::get_lowest_layer(stream).expires_after(kHandshakeLimit);
  co_await stream.next_layer().async_handshake(asio::ssl::stream_base::server, kUse);
  beast::get_lowest_layer(stream).expires_never();
  stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
  co_await stream.async_accept(kUse);
  try {
    for (;;) {
      beast::flat_buffer buffer;
      co_await stream.async_read(buffer, kUse);
      stream.binary(stream.got_binary());
      co_await stream.async_write(buffer.data(), kUse);
    }
  } catch (const boost::system::system_error&) {  // the client has gone
  }
}

Task<> accept(tcp::acceptor& acceptor, asio::ssl::context& tls, TaskScope& sessions) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(kUse);
    sessions.spawn("session", session(std::move(socket), tls));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "slipway-swarm-echo: give PORT CERTIFICATE KEY CA\n");
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  asio::ssl::context tls(asio::ssl::context::tlsv13_server);
  tls.use_certificate_chain_file(argv[2]);
  tls.use_private_key_file(argv[3], asio::ssl::context::pem);
  tls.load_verify_file(argv[4]);
  tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  asio::io_context io(1);
  const tcp::endpoint at(asio::ip::make_address("127.0.0.1"),
                         static_cast<unsigned short>(std::atoi(argv[1])));
  tcp::acceptor acceptor(io, at);
  TaskScope sessions(io.get_executor());
  sessions.spawn("accept", accept(acceptor, tls, sessions));
  io.run();
  return 0;
}
