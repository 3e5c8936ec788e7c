// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <string>

#include "protocol/net/tls_context.hpp"

/// For connection.cpp and websocket.cpp alone: asio/ssl costs seconds a file.
namespace slipway::net {

/// A TCP socket with or without TLS, as one type, so that Beast is instantiated once.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

  explicit Stream(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
  Stream(const Stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }
  Tls* tls() { return tls_ ? &*tls_ : nullptr; }
  void start_tls(TlsContextPtr context) {
    SSL_CTX_up_ref(context->native());
    holder_.emplace(context->native());
    context_ = std::move(context);
    tls_.emplace(socket_, *holder_);
  }
  /// Read before the stream was handed over; served first.
  std::string& unread() { return unread_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (!unread_.empty()) return serve_unread(std::move(handler), into);
          if (tls_) return tls_->async_read_some(into, std::move(handler));
          socket_.async_read_some(into, std::move(handler));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_) return tls_->async_write_some(from, std::move(handler));
          socket_.async_write_some(from, std::move(handler));
        },
        token, buffers);
  }

 private:
  template <class Handler, class Buffers>
  void serve_unread(Handler handler, const Buffers& into) {
    const std::size_t size = boost::asio::buffer_copy(into, boost::asio::buffer(unread_));
    unread_.erase(0, size);
    boost::asio::post(get_executor(), [handler = std::move(handler), size]() mutable {
      std::move(handler)(boost::system::error_code(), size);
    });
  }

  boost::asio::ip::tcp::socket socket_;
  TlsContextPtr context_;
  std::optional<boost::asio::ssl::context>
      holder_;  // asio's view of context_, with a reference of its own
  std::optional<Tls> tls_;
  std::string unread_;
};

}  // namespace slipway::net
