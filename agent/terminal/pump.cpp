// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/pump.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <vector>

#include "agent/terminal/read_pace.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// Writes all, or fails quietly: a process that closed its input is no reason to end.
Task<bool> write_all(Descriptor& to, const std::string& bytes) {
  const auto [error, written] = co_await asio::async_write(to, asio::buffer(bytes), kNoThrow);
  co_return !error;
}

}  // namespace

Task<Result<>> pump_out(Descriptor& from, link::StreamPtr to, Output kind,
                        OutputProgress& progress) {
  std::vector<char> buffer(kPumpBytes);
  ReadPace pace;
  while (true) {
    const auto [error, count] = co_await from.async_read_some(
        asio::buffer(buffer.data(), pace.portion(buffer.size())), kNoThrow);
    if (error || count == 0) co_return Result<>{};
    std::string bytes(buffer.data(), count);
    progress.bytes += count;
    ++progress.waiting;
    Result<> written;
    if (kind == Output::kStdout) {
      written = co_await to->write(std::move(bytes));
    } else {
      wire::StreamNote note;
      note.set_stderr(std::move(bytes));
      written = co_await to->write(std::move(note));
    }
    --progress.waiting;
    if (!written) co_return written;
    co_await pace.rest(count);
  }
}

Task<Error> pump_in(link::StreamPtr from, Descriptor& to, InputActions actions) {
  using namespace asio::experimental::awaitable_operators;
  bool input_open = true;
  while (true) {
    auto chunk = co_await from->read();
    if (!chunk) co_return chunk.error();
    const bool finished = !chunk->has_value();
    const auto* note = !finished && (*chunk)->note ? &*(*chunk)->note : nullptr;
    if (!finished && input_open && !(*chunk)->bytes.empty()) {
      // A process that does not read its input must not hide that the stream is over.
      auto outcome = co_await (write_all(to, (*chunk)->bytes) || from->closed());
      if (outcome.index() == 1) co_return std::get<1>(std::move(outcome));
      input_open = std::get<0>(outcome);
    }
    if (note != nullptr && note->has_resize()) co_await actions.resize(note->resize());
    if (input_open && (finished || (note != nullptr && note->close_stdin()))) {
      input_open = false;
      co_await actions.close_stdin();
    }
    if (finished) co_return co_await from->closed();
  }
}

Task<Result<int>> until_exit(Task<> outputs, std::function<Task<Result<int>>()> wait,
                             base::Duration drain, const OutputProgress& progress) {
  using namespace asio::experimental::awaitable_operators;
  std::optional<Result<int>> code;
  auto exit = [&]() -> Task<> {
    auto ended = co_await wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    code = std::move(ended);
    for (;;) {
      const auto seen = progress.bytes;
      co_await base::sleep_for(drain);
      if (progress.bytes == seen && progress.waiting == 0) co_return;
    }
  };
  co_await (std::move(outputs) || exit());
  // A process may close its outputs long before its end.
  if (!code) code = co_await wait();
  co_return *code;
}

}  // namespace slipway::terminal
