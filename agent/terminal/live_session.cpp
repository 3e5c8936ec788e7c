// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/live_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "agent/terminal/pump.hpp"
#include "agent/terminal/read_pace.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr int kKilledExit = 137;

/// Undoes something at the end of its scope, however that comes.
template <class Undo>
class Finally {
 public:
  explicit Finally(Undo undo) : undo_(std::move(undo)) {}
  ~Finally() { undo_(); }
  Finally(const Finally&) = delete;

 private:
  Undo undo_;
};

base::Error taken_elsewhere() {
  return {ErrorCode::kConflict, "this terminal was taken up elsewhere", {}};
}

/// Reads what a watcher has no business to say, until its stream is over.
Task<> only_watched(link::StreamPtr stream) {
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return;
    if (!*chunk) break;
    const auto& note = (*chunk)->note;
    if ((*chunk)->bytes.empty() && note && (note->has_acknowledged() || note->has_resize())) {
      continue;
    }
    stream->reset({ErrorCode::kDenied, "who watches a terminal does not type into it", {}});
    co_return;
  }
  co_await stream->closed();
}

}  // namespace

LiveSession::LiveSession(asio::any_io_executor executor, const base::Clock& clock, std::string id,
                         ExecProcess process)
    : clock_(clock),
      id_(std::move(id)),
      begun_(clock.utc()),
      process_(std::move(process)),
      detached_(clock.monotonic()),
      detached_utc_(begun_),
      changed_(std::move(executor)) {}

Task<> LiveSession::run() {
  try {
    outcome_ = co_await live();
  } catch (const std::exception& error) {
    outcome_ = base::fail(ErrorCode::kInternal, error.what());
  }
  changed();
  co_await process_.clean_up();
  while (!end_known_ && !(cut_ && !owner_stream_)) co_await changed_.wait();
}

Task<Result<wire::ExitStatus>> LiveSession::live() {
  using namespace asio::experimental::awaitable_operators;
  auto refused = co_await process_.start();
  if (!refused) co_return base::fail(refused);
  if (*refused) co_return std::move(**refused);
  started_ = true;
  changed();
  std::optional<Result<int>> code;
  co_await (store_output() || exit_and_quiet(code) || until_cut());
  // A process may close its outputs long before its end.
  if (!code && !cut_) co_await (exit_and_quiet(code) || until_cut());
  wire::ExitStatus status;
  status.set_code(kKilledExit);
  if (cut_) status.set_message(*cut_);
  if (code && !*code) co_return base::fail(*code);
  if (code) status.set_code(**code);
  co_return status;
}

/// Reads no further than there is room: what nobody has seen is not lost, the process waits.
Task<> LiveSession::store_output() {
  std::vector<char> buffer(kPumpBytes);
  ReadPace pace;
  for (;;) {
    while (output_.room() == 0) co_await changed_.wait();
    const auto most = pace.portion(std::min(buffer.size(), output_.room()));
    const auto [error, count] = co_await process_.fifos().output().async_read_some(
        asio::buffer(buffer.data(), most), kNoThrow);
    if (error || count == 0) co_return;
    output_.append({buffer.data(), count});
    changed();
    co_await pace.rest(count);
  }
}

/// Waits for the exit, and then while output still comes or has no room.
Task<> LiveSession::exit_and_quiet(std::optional<Result<int>>& code) {
  auto ended = co_await process_.wait();
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  code = std::move(ended);
  for (;;) {
    const auto seen = output_.end();
    co_await base::sleep_for(kDrainLimit);
    if (output_.end() == seen && output_.room() > 0) co_return;
  }
}

Task<> LiveSession::until_cut() {
  while (!cut_) co_await changed_.wait();
}

void LiveSession::end(std::string why) {
  if (!cut_) cut_ = std::move(why);
  changed();
}

void LiveSession::tick() {
  if (owner_stream_ || clock_.monotonic() - detached_ < kIdleLimit) return;
  end("nobody took the terminal up again in time");
}

/// False: its stream is over before there is anything to see.
Task<bool> LiveSession::until_started(const link::StreamPtr& stream) {
  using namespace asio::experimental::awaitable_operators;
  const auto ready = [this]() -> Task<> {
    while (!started_ && !over()) co_await changed_.wait();
  };
  auto outcome = co_await (ready() || stream->closed());
  co_return outcome.index() == 0;
}

Task<> LiveSession::attach(link::StreamPtr stream, wire::TerminalOpen how) {
  using namespace asio::experimental::awaitable_operators;
  // The one before must have ended: only then it is known how much input the process has.
  const auto turn = ++attachments_;
  if (owner_stream_) owner_stream_->reset(taken_elsewhere());
  while (owner_stream_ && turn == attachments_) co_await changed_.wait();
  if (turn != attachments_) {
    stream->reset(taken_elsewhere());
    co_return;
  }
  owner_stream_ = stream;
  exit_told_ = false;
  const Finally detach([this] {
    owner_stream_ = nullptr;
    detached_ = clock_.monotonic();
    detached_utc_ = clock_.utc();
    changed();
  });
  if (!co_await until_started(stream)) co_return;
  if (!output_.acknowledge(how.received())) {
    stream->reset({ErrorCode::kInvalid, "the terminal has not printed so much", "received"});
    co_return;
  }
  changed();  // there may be room for what is printed
  // Takes a while in which output may be dropped: where it goes on is only said after that.
  if (started_ && !over() && how.has_size()) co_await process_.resize(how.size());
  const auto from = how.has_received() ? how.received() : output_.begin();
  const auto first = std::max(from, output_.begin());
  if (started_ && !co_await attached_note(stream, first)) co_return;
  co_await (send(stream, first, true) || receive(stream));
}

Task<> LiveSession::watch(link::StreamPtr stream, std::string user) {
  using namespace asio::experimental::awaitable_operators;
  if (watchers_.size() >= kMaxWatchers) {
    stream->reset(
        {ErrorCode::kExhausted, std::to_string(kMaxWatchers) + " watch this terminal already", {}});
    co_return;
  }
  const auto place = watchers_.insert(watchers_.end(), std::move(user));
  const auto news = [this] {
    ++watchers_changed_;
    changed();
  };
  news();
  const Finally leave([&] {
    watchers_.erase(place);
    news();
  });
  if (!co_await until_started(stream)) co_return;
  const auto from = output_.begin();
  if (started_ && !co_await attached_note(stream, from)) co_return;
  co_await (send(stream, from, false) || only_watched(stream));
}

Task<bool> LiveSession::attached_note(const link::StreamPtr& stream, std::uint64_t output) {
  wire::StreamNote note;
  note.mutable_attached()->set_id(id_);
  note.mutable_attached()->set_output(output);
  note.mutable_attached()->set_input(input_);
  co_return (co_await stream->write(std::move(note))).has_value();
}

/// What was printed, as it is printed, then the end. A watcher who is too slow misses some.
Task<> LiveSession::send(link::StreamPtr stream, std::uint64_t from, bool to_owner) {
  std::uint64_t input = input_;
  unsigned seen = 0;
  for (;;) {
    if (from < output_.begin()) {
      wire::StreamNote note;
      note.mutable_gap()->set_why("read too slowly");
      from = output_.begin();
      if (!co_await stream->write(std::move(note))) co_return;
    }
    if (to_owner && !co_await send_news(stream, input, seen)) co_return;
    if (from < output_.end()) {
      auto bytes = output_.read(from, kPumpBytes);
      from += bytes.size();
      if (!co_await stream->write(std::move(bytes))) co_return;
      continue;
    }
    if (over()) break;
    co_await changed_.wait();
  }
  co_await send_end(std::move(stream), to_owner);
}

/// False: the stream is over. `input`, `seen`: what it was told.
Task<bool> LiveSession::send_news(const link::StreamPtr& stream, std::uint64_t& input,
                                  unsigned& seen) {
  if (seen != watchers_changed_) {
    seen = watchers_changed_;
    wire::StreamNote note;
    auto& users = *note.mutable_watchers()->mutable_users();
    users.Assign(watchers_.begin(), watchers_.end());
    if (!co_await stream->write(std::move(note))) co_return false;
  }
  if (input_ - input >= kInputTold) {
    input = input_;
    wire::StreamNote note;
    note.set_acknowledged(input);
    if (!co_await stream->write(std::move(note))) co_return false;
  }
  co_return true;
}

Task<> LiveSession::send_end(link::StreamPtr stream, bool to_owner) {
  if (!*outcome_) {
    stream->reset(outcome_->error());
    end_known_ = end_known_ || to_owner;
    changed();
    co_return;
  }
  wire::StreamNote note;
  *note.mutable_exit() = **outcome_;
  if (!co_await stream->write(std::move(note))) co_return;
  if (to_owner) {
    exit_told_ = true;
    end_known_ = end_known_ || !started_;  // nothing that could be taken up again
    changed();
    const auto farewell = [this]() -> Task<Result<>> {
      while (!end_known_) co_await changed_.wait();
      co_return Result<>{};
    };
    co_await base::with_timeout(kFarewell, "the last acknowledgement", farewell());
  }
  stream->finish();
}

Task<> LiveSession::receive(link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return;
    if (!*chunk) break;
    // A process that does not read its input must not hide that the stream is over.
    if (!(*chunk)->bytes.empty() && started_ && !over()) {
      co_await (type(std::move((*chunk)->bytes)) || stream->closed());
      if (stream->failed()) co_return;
    }
    if ((*chunk)->note && !co_await obey(stream, std::move(*(*chunk)->note))) co_return;
  }
  co_await stream->closed();
}

/// False: a note that ends the stream.
Task<bool> LiveSession::obey(const link::StreamPtr& stream, wire::StreamNote note) {
  if (note.has_resize() && started_ && !over()) co_await process_.resize(note.resize());
  if (note.end_terminal()) end("ended by its owner");
  if (!note.has_acknowledged()) co_return true;
  if (!output_.acknowledge(note.acknowledged())) {
    stream->reset({ErrorCode::kInvalid, "the terminal has not printed so much", "acknowledged"});
    co_return false;
  }
  if (exit_told_ && note.acknowledged() == output_.end()) end_known_ = true;
  changed();
  co_return true;
}

/// Counts exactly what the process got, also when it is cut off.
Task<> LiveSession::type(std::string bytes) {
  const auto [error, written] =
      co_await asio::async_write(process_.fifos().input(), asio::buffer(bytes), kNoThrow);
  input_ += written;
  changed();
}

wire::TerminalState LiveSession::state() const {
  const auto& what = process_.what();
  wire::TerminalState state;
  state.set_id(id_);
  state.set_pod_namespace(what.pod_namespace());
  state.set_pod(what.pod());
  state.set_container(what.container());
  *state.mutable_command() = what.command();
  state.set_user(what.user());
  state.set_started_utc_ms(base::to_unix_ms(begun_));
  state.set_attached(owner_stream_ != nullptr);
  if (!owner_stream_) state.set_detached_utc_ms(base::to_unix_ms(detached_utc_));
  state.mutable_watchers()->Assign(watchers_.begin(), watchers_.end());
  return state;
}

}  // namespace slipway::terminal
