// SPDX-License-Identifier: Apache-2.0
#include "controller/http/followed_log.hpp"

#include <algorithm>
#include <utility>

#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

/// Is the place that an agent begins at the one that it was asked for? Compressing a file changes
/// its inode, the first line of an empty one its first time. Older agents name no pod.
bool continues(const wire::LogPosition& asked, const wire::LogPosition& begun) {
  const bool other_pod =
      !asked.pod_uid().empty() && !begun.pod_uid().empty() && asked.pod_uid() != begun.pod_uid();
  return !other_pod && asked.run() == begun.run() && asked.offset() == begun.offset() &&
         (asked.inode() == begun.inode() || asked.first_time_ns() == begun.first_time_ns());
}

}  // namespace

FollowedLog::FollowedLog(Opener again, wire::LogOpen open, std::uint64_t ahead,
                         link::StreamPtr stream, std::optional<link::Chunk> first)
    : again_(std::move(again)),
      open_(std::move(open)),
      stream_(std::move(stream)),
      first_(std::move(first)),
      left_(open_.limit_bytes() - static_cast<std::int64_t>(ahead)),
      ahead_(ahead),
      skip_(ahead),
      begun_anew_(open_.has_from()) {}

Task<Result<std::optional<LogPart>>> FollowedLog::next() {
  while (!is_at_limit()) {
    if (!stream_) co_return base::fail(ErrorCode::kUnavailable, "the log could not go on");
    if (std::exchange(cut_off_, false)) {
      if (auto again = co_await go_on(); !again) co_return base::fail(again);
    }
    auto chunk = std::exchange(first_, std::nullopt);
    if (!chunk) {
      auto read = co_await stream_->read();
      if (!read && can_go_on(read.error())) {
        cut_off_ = true;
        const auto why = "the node's agent or its link ended (" + read.error().message + ")";
        co_return LogPart{.text = {}, .gap = {}, .waiting = why};
      }
      // Deleted while its node was out of reach.
      if (!read && read.error().code == ErrorCode::kNotFound && open_.has_from()) {
        co_return std::nullopt;
      }
      if (!read) co_return base::fail(read);
      if (!*read) co_return std::nullopt;
      chunk = std::move(*read);
    }
    bool placed = false;
    auto part = render(std::move(*chunk), placed);
    if (placed || !part.text.empty() || !part.gap.empty()) co_return part;
  }
  co_return std::nullopt;
}

std::optional<LogPoint> FollowedLog::point() const {
  if (!open_.has_from()) return std::nullopt;
  return LogPoint{.from = open_.from(), .ahead = ahead_};
}

void FollowedLog::stop() {
  stopped_ = true;
  if (stream_) stream_->reset({ErrorCode::kUnavailable, "the client has gone", {}});
}

LogPart FollowedLog::render(link::Chunk chunk, bool& placed) {
  const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, chunk.bytes.size()));
  skip_ -= known;
  LogPart part{.text = chunk.bytes.substr(known), .gap = {}, .waiting = {}};
  if (open_.limit_bytes() > 0 && std::cmp_greater(part.text.size(), left_)) {
    part.text.resize(static_cast<std::size_t>(left_));
  }
  ahead_ += part.text.size();
  left_ -= static_cast<std::int64_t>(part.text.size());
  // What the limit has cut off stands before the place of this chunk.
  if (chunk.note && chunk.note->has_log_position() && !is_at_limit()) {
    placed = take_place(chunk.note->log_position());
  }
  if (chunk.note && chunk.note->has_gap()) part.gap = chunk.note->gap().why();
  return part;
}

/// False where it is not the one asked for, but what is left behind a gap that is told next.
bool FollowedLog::take_place(const wire::LogPosition& place) {
  const bool lost = std::exchange(begun_anew_, false) && !continues(open_.from(), place);
  if (lost) skip_ = 0;  // rotated away meanwhile: what comes is no repetition
  *open_.mutable_from() = place;
  ahead_ = skip_;  // the agent's pieces may be cut otherwise than before
  return !lost;
}

/// Only what is followed, and of which the place is known or nothing was sent.
bool FollowedLog::can_go_on(const base::Error& why) const {
  return !stopped_ && open_.follow() && why.code == ErrorCode::kUnavailable &&
         (open_.has_from() || ahead_ == 0);
}

Task<Result<>> FollowedLog::go_on() {
  skip_ = ahead_;
  stream_ = nullptr;  // it counts for the reader's user until it goes
  if (open_.limit_bytes() > 0) open_.set_limit_bytes(left_ + static_cast<std::int64_t>(skip_));
  const auto deadline = std::chrono::steady_clock::now() + kLogPatience;
  for (;;) {
    co_await base::sleep_for(kLogRetry);
    if (stopped_) co_return base::fail(ErrorCode::kUnavailable, "the client has gone");
    wire::StreamOpen what;
    *what.mutable_logs() = open_;
    auto stream = again_(std::move(what));
    if (stream) {
      stream_ = std::move(*stream);
      stream_->finish();  // nothing goes that way
      begun_anew_ = open_.has_from();
      co_return Result<>{};
    }
    if (stream.error().code != ErrorCode::kUnavailable) co_return base::fail(stream);
    if (std::chrono::steady_clock::now() >= deadline) co_return base::fail(stream);
  }
}

}  // namespace slipway::http
