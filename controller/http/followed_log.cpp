// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_body.hpp"

#include <algorithm>
#include <utility>

#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

/// Is the place that an agent begins at the one that it was asked for? Compressing a file changes
/// its inode, the first line of an empty one its first time.
bool continues(const wire::LogPosition& asked, const wire::LogPosition& begun) {
  return asked.run() == begun.run() && asked.offset() == begun.offset() &&
         (asked.inode() == begun.inode() || asked.first_time_ns() == begun.first_time_ns());
}

}  // namespace

LogBody::LogBody(links::Links& links, base::MachineId machine, wire::LogOpen open,
                 link::StreamPtr stream, std::optional<link::Chunk> first)
    : links_(links),
      machine_(std::move(machine)),
      open_(std::move(open)),
      stream_(std::move(stream)),
      first_(std::move(first)),
      left_(open_.limit_bytes()) {}

Task<Result<std::optional<std::string>>> LogBody::next() {
  for (;;) {
    auto chunk = std::exchange(first_, std::nullopt);
    if (!chunk) {
      auto read = co_await stream_->read();
      if (!read && can_go_on(read.error())) {
        if (auto again = co_await go_on(); !again) co_return base::fail(again);
        continue;
      }
      // Deleted while its node was out of reach.
      if (!read && read.error().code == ErrorCode::kNotFound && open_.has_from()) {
        co_return std::nullopt;
      }
      if (!read) co_return base::fail(read);
      if (!*read) co_return std::nullopt;
      chunk = std::move(*read);
    }
    auto text = render(std::move(*chunk));
    if (!text.empty()) co_return text;
  }
}

std::string LogBody::render(link::Chunk chunk) {
  const auto known = std::min(skip_, chunk.bytes.size());
  skip_ -= known;
  auto text = chunk.bytes.substr(known);
  ahead_ += text.size();
  left_ -= static_cast<std::int64_t>(text.size());
  if (!text.empty()) at_line_start_ = text.back() == '\n';
  if (chunk.note && chunk.note->has_log_position()) take_place(chunk.note->log_position());
  if (chunk.note && chunk.note->has_gap()) {
    if (!at_line_start_) text += '\n';
    text += "[lines are missing here: " + chunk.note->gap().why() + "]\n";
    at_line_start_ = true;
  }
  return text;
}

void LogBody::take_place(const wire::LogPosition& place) {
  // Rotated away meanwhile: what comes is no repetition.
  if (std::exchange(begun_anew_, false) && !continues(open_.from(), place)) skip_ = 0;
  *open_.mutable_from() = place;
  ahead_ = skip_;  // the agent's pieces may be cut otherwise than before
}

/// Only what is followed, and of which the place is known or nothing was sent.
bool LogBody::can_go_on(const base::Error& why) const {
  return open_.follow() && why.code == ErrorCode::kUnavailable && (open_.has_from() || ahead_ == 0);
}

Task<Result<>> LogBody::go_on() {
  skip_ = ahead_;
  if (open_.limit_bytes() > 0) open_.set_limit_bytes(left_ + static_cast<std::int64_t>(skip_));
  const auto deadline = std::chrono::steady_clock::now() + kLogPatience;
  for (;;) {
    co_await base::sleep_for(kLogRetry);
    wire::StreamOpen what;
    *what.mutable_logs() = open_;
    auto stream = links_.open(machine_, std::move(what), false);
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
