// SPDX-License-Identifier: Apache-2.0
// Steps that do not wait, and what coroutines make of them; stream_ops.cpp has Beast's view.
#include "protocol/net/stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace slipway::net {

namespace asio = boost::asio;
using base::Task;
using Need = Progress::Need;

namespace {

constexpr auto kUse = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 32 << 10;
constexpr std::size_t kTurnBytes = 32 << 10;

Progress outcome(ssize_t size, Need need) {
  if (size >= 0) return {.size = static_cast<std::size_t>(size)};
  if (errno == EAGAIN || errno == EINTR) return {.need = need};
  return {.error = {errno, boost::system::system_category()}};
}

Progress read_clear(int socket, asio::mutable_buffer into) {
  Progress progress =
      outcome(::recv(socket, into.data(), into.size(), MSG_DONTWAIT), Need::kReadable);
  if (progress.done() && progress.size == 0) progress.error = asio::error::eof;
  return progress;
}

Progress write_clear(int socket, const Stream::Gather& from) {
  std::array<iovec, Stream::kGather> parts{};
  msghdr message{};
  message.msg_iov = parts.data();
  for (const asio::const_buffer& part : from) {
    if (part.size() == 0) continue;
    parts[message.msg_iovlen++] = {const_cast<void*>(part.data()), part.size()};
  }
  return outcome(::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL), Need::kWritable);
}

/// As many as a TLS record holds go into one, also when they are many small ones.
Progress write_record(TlsSession& tls, const Stream::Gather& from) {
  const auto first = from[0];
  if (first.size() >= TlsSession::kRecordBytes || from[1].size() == 0) {
    return tls.write(first.data(), first.size());
  }
  std::array<char, TlsSession::kRecordBytes> record;
  std::size_t size = 0;
  for (const asio::const_buffer& part : from) {
    size += asio::buffer_copy(asio::buffer(record) + size, part);
  }
  return tls.write(record.data(), size);
}

}  // namespace

void Stream::start_tls(TlsContextPtr context, TlsRole role) {
  tls_ = std::make_unique<TlsSession>(std::move(context), socket_.native_handle(), role);
}

void Stream::close() {
  if (tls_) tls_->detach();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Stream::halt() {
  halted_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

bool Stream::is_silent() {
  if (!socket_.is_open() || !unread_.empty() || holds_bytes()) return false;
  char one = 0;
  const auto size = ::recv(socket_.native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Progress Stream::try_read(asio::mutable_buffer into) {
  if (tls_) return tls_->read(into.data(), into.size());
  return read_clear(socket_.native_handle(), into);
}

Progress Stream::try_write(const Gather& from) {
  if (tls_) return write_record(*tls_, from);
  return write_clear(socket_.native_handle(), from);
}

/// As many TLS records as are there and fit. A function of its own, so that no coroutine's frame
/// holds the buffer.
Progress Stream::try_receive() {
  std::array<char, kReadBytes> piece;
  Progress all = try_read(asio::buffer(piece));
  while (tls_ && all.done() && all.size + TlsSession::kRecordBytes <= piece.size()) {
    const Progress more = try_read(asio::buffer(piece) + all.size);
    if (!more.done()) break;  // an error comes again when it is asked for
    all.size += more.size;
  }
  unread_.append(piece.data(), all.size);
  return all;
}

Task<Stream::ErrorCode> Stream::wait(Need need) {
  if (halted_) co_return asio::error::operation_aborted;
  const auto kind =
      need == Need::kWritable ? asio::socket_base::wait_write : asio::socket_base::wait_read;
  auto [error] = co_await socket_.async_wait(kind, kUse);
  co_return error;
}

Task<Stream::ErrorCode> Stream::handshake() {
  for (;;) {
    const Progress progress = tls_->handshake();
    if (progress.need == Need::kNothing) co_return progress.error;
    if (const auto error = co_await wait(progress.need)) co_return error;
  }
}

Task<Progress> Stream::receive() {
  ErrorCode error;
  if (holds_bytes()) {
    co_await asio::post(get_executor(), asio::use_awaitable);
  } else {
    error = co_await wait(Need::kReadable);
  }
  for (;;) {
    if (error) co_return Progress{.error = error};
    const Progress progress = try_receive();
    if (progress.need == Need::kNothing) co_return progress;
    error = co_await wait(progress.need);
  }
}

/// Lets others have their turn between two records, and after some calls that never waited.
Task<Stream::ErrorCode> Stream::send(asio::const_buffer head, asio::const_buffer body) {
  while (head.size() + body.size() > 0) {
    if (halted_) co_return asio::error::operation_aborted;
    const Gather from = head.size() > 0 ? Gather{head, body} : Gather{body};
    Progress progress = try_write(from);
    while (progress.need != Need::kNothing) {
      if (const auto error = co_await wait(progress.need)) {
        abandon_write();
        co_return error;
      }
      progress = try_write(from);
    }
    if (progress.error) co_return progress.error;
    const auto of_head = std::min(progress.size, head.size());
    head += of_head;
    body += progress.size - of_head;
    sent_in_a_row_ += progress.size;
    if (head.size() + body.size() == 0 && sent_in_a_row_ < kTurnBytes) break;
    sent_in_a_row_ = 0;
    co_await asio::post(get_executor(), asio::use_awaitable);
  }
  co_return ErrorCode{};
}

Task<Stream::ErrorCode> Stream::farewell() {
  while (tls_) {
    const Progress progress = tls_->farewell();
    if (progress.error) co_return progress.error;
    if (progress.need == Need::kNothing) break;
    if (const auto error = co_await wait(progress.need)) co_return error;
  }
  ErrorCode error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  co_return error;
}

Task<> Stream::swallow(std::size_t limit_bytes) {
  const auto take = [this] {
    std::array<char, kReadBytes> piece;
    return read_clear(socket_.native_handle(), asio::buffer(piece));
  };
  for (std::size_t total = 0; total < limit_bytes;) {
    if (co_await wait(Need::kReadable)) break;
    const Progress progress = take();
    if (progress.error) break;
    total += progress.size;
  }
}

}  // namespace slipway::net
