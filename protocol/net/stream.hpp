// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/task.hpp"
#include "protocol/net/tls_session.hpp"

/// For connection.cpp, stream.cpp, stream_ops.cpp and websocket.cpp alone.
namespace slipway::net {

/// A TCP socket with or without TLS, as one type, so that Beast is instantiated once. Each call
/// lets others have their turn, also where all is there at once. What waits holds no buffer.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using ErrorCode = boost::system::error_code;

  explicit Stream(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
  Stream(const Stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }
  TlsSession* tls() { return tls_.get(); }
  void start_tls(TlsContextPtr context, TlsRole role);
  /// Read before the stream was handed over; served first.
  std::string& unread() { return unread_; }
  void close();
  /// What waits ends with operation_aborted, and so does what is called before resume().
  void halt();
  void resume() { halted_ = false; }
  bool halted() const { return halted_; }
  /// Nothing has come that nobody has read, nor has the other end closed.
  bool is_silent();

  // For coroutines. A cancelled call has read nothing; of a write all may go out or a part.
  base::Task<ErrorCode> handshake();
  base::Task<Progress> receive();  ///< appends a piece to unread()
  base::Task<ErrorCode> send(boost::asio::const_buffer head, boost::asio::const_buffer body);
  base::Task<ErrorCode> farewell();               ///< tells that nothing more is written
  base::Task<> swallow(std::size_t limit_bytes);  ///< takes what comes unread, until the end

  /// What a read or write ends with. Erased, so that the operations below are instantiated once
  /// and not for each of Beast's many handlers.
  using Done = std::move_only_function<void(ErrorCode, std::size_t)>;
  using Slot = boost::asio::cancellation_slot;
  static constexpr std::size_t kGather = 8;  ///< buffers written in one go; the rest is left over
  using Gather = std::array<boost::asio::const_buffer, kGather>;

  void read_some(boost::asio::mutable_buffer into, Done done, Slot slot);  ///< unread() first
  void write_some(const Gather& from, Done done, Slot slot);

  // Beast's AsyncStream.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
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
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, const Buffers& sequence) {
          Gather from;
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
  struct Read;
  struct Write;
  // Steps that do not wait.
  Progress try_read(boost::asio::mutable_buffer into);
  Progress try_write(const Gather& from);
  Progress try_receive();
  std::size_t abandon_write() { return tls_ ? tls_->abandon_write() : 0; }
  bool holds_bytes() const { return tls_ && tls_->holds_bytes(); }

  base::Task<ErrorCode> wait(Progress::Need need);
  template <class Operation>
  void wait(Progress::Need need, Operation operation);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsSession> tls_;
  std::string unread_;
  std::size_t sent_in_a_row_ = 0;  ///< since others last had their turn
  bool halted_ = false;
};

}  // namespace slipway::net
