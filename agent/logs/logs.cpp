// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/logs.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "agent/logs/journal.hpp"
#include "agent/logs/log_reader.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::logs {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

/// A container that writes line by line wakes us this often at most.
constexpr std::chrono::milliseconds kSettle{10};

LogQuery query_of(const wire::LogOpen& open) {
  LogQuery query;
  query.tail_lines = open.tail_lines() < 0 ? -1 : open.tail_lines();
  query.since_ns = std::max<std::int64_t>(open.since_utc_ms(), 0) * 1'000'000;
  query.previous = open.previous();
  query.timestamps = open.timestamps();
  query.follow = open.follow() && !open.previous();
  if (open.has_from()) {
    query.from = LogPlace{.pod_uid = open.from().pod_uid(),
                          .run = open.from().run(),
                          .inode = open.from().inode(),
                          .first_time_ns = open.from().first_time_ns(),
                          .offset = std::max<std::int64_t>(open.from().offset(), 0)};
  }
  return query;
}

wire::StreamNote note_of(const LogPlace& place) {
  wire::StreamNote note;
  auto& to = *note.mutable_log_position();
  to.set_pod_uid(place.pod_uid);
  to.set_run(place.run);
  to.set_inode(place.inode);
  to.set_first_time_ns(place.first_time_ns);
  to.set_offset(place.offset);
  return note;
}

/// Sends pieces and keeps count of the bytes that may still go.
class Sender {
 public:
  Sender(link::StreamPtr stream, const wire::LogOpen& open)
      : stream_(std::move(stream)),
        says_places_(open.positions()),
        limited_(open.limit_bytes() > 0),
        left_(open.limit_bytes()) {}

  /// Where the reader stood before the piece that is sent next.
  Task<Result<>> say(std::optional<LogPlace> place) {
    if (!says_places_ || !place || place == said_) co_return Result<>{};
    said_ = place;
    co_return co_await stream_->write(note_of(*place));
  }

  /// False when the limit is reached.
  Task<Result<bool>> send(LogPiece piece) {
    if (!piece.gap.empty()) {
      wire::StreamNote note;
      note.mutable_gap()->set_why(std::move(piece.gap));
      if (auto written = co_await stream_->write(std::move(note)); !written) {
        co_return base::fail(written);
      }
    }
    if (limited_ && static_cast<std::int64_t>(piece.text.size()) >= left_) {
      piece.text.resize(static_cast<std::size_t>(left_));
    }
    left_ -= static_cast<std::int64_t>(piece.text.size());
    if (!piece.text.empty()) {
      if (auto written = co_await stream_->write(std::move(piece.text)); !written) {
        co_return base::fail(written);
      }
    }
    co_return !limited_ || left_ > 0;
  }

 private:
  link::StreamPtr stream_;
  bool says_places_;
  std::optional<LogPlace> said_;
  bool limited_;
  std::int64_t left_;
};

}  // namespace

Logs::Logs(asio::any_io_executor executor, asio::thread_pool& pool, LogOptions options)
    : pool_(pool), options_(std::move(options)), watch_(executor) {}

Task<> Logs::serve(wire::LogOpen open, link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  const auto query = query_of(open);
  auto reader = co_await base::offload(pool_, [&]() -> Result<std::unique_ptr<LogReader>> {
    auto directory =
        LogDirectory::open(options_.pods_dir, {open.pod_namespace(), open.pod(), open.container()},
                           open.from().pod_uid());
    if (!directory) return base::fail(directory);
    return LogReader::open(std::move(*directory), query);
  });
  if (!reader) {
    stream->reset(reader.error());
    co_return;
  }
  std::unique_ptr<DirectoryWatch::Subscription> changes;
  if (query.follow) {
    auto watched = watch_.watch((*reader)->directory_fd());
    if (!watched) {
      stream->reset(watched.error());
      co_return;
    }
    changes = std::move(*watched);
  }
  Sender sender(stream, open);
  while (true) {
    std::optional<LogPlace> place;
    auto piece = co_await base::offload(pool_, [&reader, &place] {
      place = (*reader)->place();
      return (*reader)->next();
    });
    if (auto said = co_await sender.say(place); !said) co_return;
    if (!piece) {
      stream->reset(piece.error());
      co_return;
    }
    const bool at_end = piece->at_end;
    const bool gone = piece->gone;
    auto more = co_await sender.send(std::move(*piece));
    if (!more) co_return;  // nobody listens any more
    if (!*more || (at_end && (!changes || gone))) break;
    if (!at_end) continue;
    auto over = co_await (changes->changed() || stream->closed());
    if (over.index() == 1) co_return;
    co_await base::sleep_for(kSettle);
  }
  stream->finish();
}

Task<> Logs::serve(wire::JournalOpen open, link::StreamPtr stream) {
  auto ended = co_await send_journal(options_.journalctl, std::move(open), stream);
  if (!ended) {
    stream->reset(ended.error());
  } else {
    stream->finish();
  }
}

}  // namespace slipway::logs
