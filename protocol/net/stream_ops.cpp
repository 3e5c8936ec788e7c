// SPDX-License-Identifier: Apache-2.0
// Reads and writes as Beast asks for them: with a handler, cancellable, never done inside the call.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>

#include "protocol/net/stream.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using Need = Progress::Need;

/// A read that waits. A cancellation is remembered: it may come while nothing waits.
struct Stream::Read {
  Stream* stream;
  asio::mutable_buffer into;
  Done done;
  asio::cancellation_state cancellation;

  void operator()(ErrorCode error = {}) {
    const bool cancelled = cancellation.cancelled() != asio::cancellation_type::none;
    if (!error && (cancelled || stream->halted_)) error = asio::error::operation_aborted;
    if (error) return done(error, 0);
    const Progress progress = stream->try_read(into);
    if (progress.need != Need::kNothing) return stream->wait(progress.need, std::move(*this));
    done(progress.error, progress.size);
  }
};

struct Stream::Write {
  Stream* stream;
  Gather from;
  Done done;
  asio::cancellation_state cancellation;

  void operator()(ErrorCode error = {}) {
    const bool cancelled = cancellation.cancelled() != asio::cancellation_type::none;
    if (!error && (cancelled || stream->halted_)) error = asio::error::operation_aborted;
    if (error) return done(error, stream->abandon_write());
    const Progress progress = stream->try_write(from);
    if (progress.need != Need::kNothing) return stream->wait(progress.need, std::move(*this));
    done(progress.error, progress.size);
  }
};

template <class Operation>
void Stream::wait(Need need, Operation operation) {
  const auto kind =
      need == Need::kWritable ? asio::socket_base::wait_write : asio::socket_base::wait_read;
  const Slot slot = operation.cancellation.slot();
  socket_.async_wait(kind, asio::bind_cancellation_slot(slot, std::move(operation)));
}

void Stream::read_some(asio::mutable_buffer into, Done done, Slot slot) {
  if (!unread_.empty() || into.size() == 0) {
    const std::size_t size = asio::buffer_copy(into, asio::buffer(unread_));
    unread_.erase(0, size);
    if (unread_.empty()) unread_.shrink_to_fit();
    return asio::post(get_executor(), [done = std::move(done), size]() mutable { done({}, size); });
  }
  Read read{this, into, std::move(done), {slot, asio::enable_total_cancellation()}};
  if (holds_bytes() || halted_) return asio::post(get_executor(), std::move(read));
  wait(Need::kReadable, std::move(read));
}

void Stream::write_some(const Gather& from, Done done, Slot slot) {
  Write write{this, from, std::move(done), {slot, asio::enable_total_cancellation()}};
  if (halted_) return asio::post(get_executor(), std::move(write));
  const Progress progress = try_write(from);
  if (progress.need != Need::kNothing) return wait(progress.need, std::move(write));
  asio::post(get_executor(), [done = std::move(write.done), progress]() mutable {
    done(progress.error, progress.size);
  });
}

}  // namespace slipway::net
