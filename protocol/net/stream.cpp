// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/stream.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

namespace slipway::net {

namespace asio = boost::asio;

void Stream::read_some(asio::mutable_buffer into, Done done, Slot slot) {
  if (!unread_.empty()) {
    const std::size_t size = asio::buffer_copy(into, asio::buffer(unread_));
    unread_.erase(0, size);
    asio::post(get_executor(), [done = std::move(done), size]() mutable { done({}, size); });
    return;
  }
  receive(into, std::move(done), slot);
}

void Stream::receive(asio::mutable_buffer into, Done done, Slot slot) {
  auto handler = asio::bind_cancellation_slot(slot, std::move(done));
  if (tls_) return tls_->async_read_some(into, std::move(handler));
  socket_.async_read_some(into, std::move(handler));
}

void Stream::write_some(std::array<asio::const_buffer, kGather> from, Done done, Slot slot) {
  auto handler = asio::bind_cancellation_slot(slot, std::move(done));
  if (tls_) return tls_->async_write_some(from, std::move(handler));
  socket_.async_write_some(from, std::move(handler));
}

}  // namespace slipway::net
