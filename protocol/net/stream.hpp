// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <optional>
#include <string>

#include "protocol/net/tls_context.hpp"

/// For connection.cpp, stream.cpp and websocket.cpp alone: asio/ssl costs seconds a file.
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

  /// What a read or write ends with. Erased, so that asio/ssl's operations are instantiated once
  /// and not for each of Beast's many handlers (2 MB of code otherwise).
  using Done = std::move_only_function<void(boost::system::error_code, std::size_t)>;
  using Slot = boost::asio::cancellation_slot;
  static constexpr std::size_t kGather = 8;  ///< buffers written in one go; the rest is left over

  void receive(boost::asio::mutable_buffer into, Done done, Slot slot);
  void read_some(boost::asio::mutable_buffer into, Done done, Slot slot);  ///< unread() first
  void write_some(std::array<boost::asio::const_buffer, kGather> from, Done done, Slot slot);

  /// From the other end, past what is unread().
  template <class Token>
  auto async_receive(boost::asio::mutable_buffer into, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, boost::asio::mutable_buffer buffer) {
          const Slot slot = boost::asio::get_associated_cancellation_slot(handler);
          receive(buffer, std::move(handler), slot);
        },
        token, into);
  }

  // Beast's AsyncStream.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& sequence) {
          boost::asio::mutable_buffer into;
          const auto end = boost::asio::buffer_sequence_end(sequence);
          for (auto it = boost::asio::buffer_sequence_begin(sequence); it != end; ++it) {
            into = *it;
            if (into.size() > 0) break;
          }
          const Slot slot = boost::asio::get_associated_cancellation_slot(handler);
          read_some(into, std::move(handler), slot);
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& sequence) {
          std::array<boost::asio::const_buffer, kGather> from;
          std::size_t count = 0;
          const auto end = boost::asio::buffer_sequence_end(sequence);
          for (auto it = boost::asio::buffer_sequence_begin(sequence); it != end && count < kGather;
               ++it) {
            const boost::asio::const_buffer one = *it;
            if (one.size() > 0) from[count++] = one;
          }
          const Slot slot = boost::asio::get_associated_cancellation_slot(handler);
          write_some(from, std::move(handler), slot);
        },
        token, buffers);
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  TlsContextPtr context_;
  std::optional<boost::asio::ssl::context>
      holder_;  // asio's view of context_, with a reference of its own
  std::optional<Tls> tls_;
  std::string unread_;
};

}  // namespace slipway::net
