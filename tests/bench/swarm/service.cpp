// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/service.hpp"

#include "protocol/base/with_timeout.hpp"

namespace slipway::swarm {

using base::Task;

namespace {

constexpr std::chrono::milliseconds kLogPause{250};
constexpr std::size_t kQuietBytes = 1 << 10;   ///< written at once, after a pause
constexpr std::size_t kFloodBytes = 16 << 10;  ///< written as fast as there is credit

Task<> echo(link::StreamPtr stream) {
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return;
    if (!*chunk || ((*chunk)->note && (*chunk)->note->close_stdin())) break;
    if ((*chunk)->bytes.empty()) continue;
    if (auto written = co_await stream->write(std::move((*chunk)->bytes)); !written) co_return;
  }
  wire::StreamNote note;
  note.mutable_exit()->set_code(0);
  (void)co_await stream->write(std::move(note));
  stream->finish();
}

wire::StreamNote place_at(std::int64_t offset) {
  wire::StreamNote note;
  auto* place = note.mutable_log_position();
  place->set_run(1);
  place->set_inode(4711);
  place->set_first_time_ns(1);
  place->set_offset(offset);
  return note;
}

Task<> write_log(wire::LogOpen log, link::StreamPtr stream) {
  const bool floods = log.pod().starts_with("flood-");
  std::string piece(floods ? kFloodBytes : kQuietBytes, 'x');
  for (std::size_t end = 127; end < piece.size(); end += 128) piece[end] = '\n';
  std::int64_t offset = log.has_from() ? log.from().offset() : 0;
  for (;;) {
    if (log.positions() && !co_await stream->write(place_at(offset))) co_return;
    if (!co_await stream->write(piece)) co_return;
    offset += static_cast<std::int64_t>(piece.size());
    if (!floods) co_await base::sleep_for(kLogPause);
  }
}

}  // namespace

Task<> serve(std::uint64_t& open, wire::StreamOpen what, link::StreamPtr stream) {
  struct Counted {
    std::uint64_t& open;
    explicit Counted(std::uint64_t& to) : open(to) { ++open; }
    ~Counted() { --open; }
  } counted(open);
  if (what.has_exec()) co_return co_await echo(std::move(stream));
  if (what.has_logs()) co_return co_await write_log(what.logs(), std::move(stream));
  stream->reset({base::ErrorCode::kInvalid, "this agent serves no such stream", "kind"});
}

}  // namespace slipway::swarm
