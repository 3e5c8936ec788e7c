// SPDX-License-Identifier: Apache-2.0
// What the other end sends: every rule that it could break is checked here.
#include <algorithm>
#include <set>
#include <utility>

#include "protocol/wire/conversation_state.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::wire {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

std::string numbered(const char* what, StreamId id) {
  return std::string(what) + " stream " + std::to_string(id);
}

}  // namespace

Result<OpenStream*> Conversation::State::named(StreamId id) {
  if (auto* stream = streams.find(id)) {
    stream->confirmed = true;
    return stream;
  }
  if (streams.was_opened(id)) return nullptr;  // on its way when we closed the stream
  return fail(ErrorCode::kInvalid, numbered("a frame for a never opened", id), "stream");
}

void Conversation::State::drop(StreamId id, ErrorCode code, std::string why) {
  const auto* stream = streams.find(id);
  if (!stream) return;
  if (!stream->abandoned) events.push_back(Closed{id, base::Error{code, std::move(why), {}}});
  streams.erase(id);
}

Result<> Conversation::State::on_hello(const Hello& hello) {
  if (ready) return fail(ErrorCode::kInvalid, "a second hello", "hello");
  if (hello.version_min() == 0 || hello.version_min() > hello.version_max()) {
    return fail(ErrorCode::kInvalid, "a hello with an empty range of versions", "hello.version");
  }
  if (hello.software().size() > kHelloTextBytes || hello.incarnation().size() > kHelloTextBytes) {
    return fail(ErrorCode::kInvalid, "a hello with too long a text", "hello");
  }
  const auto version = std::min(own.version_max(), hello.version_max());
  if (version < std::max(own.version_min(), hello.version_min())) {
    return fail(ErrorCode::kConflict,
                "no common protocol version: we speak " + std::to_string(own.version_min()) +
                    " to " + std::to_string(own.version_max()) + ", the other end " +
                    std::to_string(hello.version_min()) + " to " +
                    std::to_string(hello.version_max()) + "; upgrade the older one",
                "hello.version");
  }
  ready = true;
  if (side == Side::kAgent) agent_pings = ping_interval(hello);
  batches = hello.takes_batches();
  if (batches) outbox.join_ends();
  events.push_back(Ready{hello, version});
  outbox.request_sync();
  return {};
}

Result<> Conversation::State::on_ping(const Ping& ping, base::MonotonicTime now,
                                      base::UtcTime utc) {
  Pong pong;
  pong.set_nonce(ping.nonce());
  pong.set_utc_ms(base::to_unix_ms(utc));
  outbox.set_pong(std::move(pong));
  ping_and_sync(now, utc, true);
  return {};
}

Result<> Conversation::State::on_pong(const Pong& pong, base::MonotonicTime now) {
  if (pong.nonce() == 0 || pong.nonce() >= next_nonce) {
    return fail(ErrorCode::kInvalid, "a pong to no ping", "pong.nonce");
  }
  for (auto& [id, stream] : streams.all()) {
    if (stream.announced && stream.confirming_nonce <= pong.nonce()) stream.confirmed = true;
  }
  while (!pings.empty() && pings.front().nonce <= pong.nonce()) {
    const auto sent = pings.front();
    pings.pop_front();
    if (sent.nonce != pong.nonce()) continue;  // answered together with a newer one
    const auto time = now - sent.at;
    const auto half = std::chrono::duration_cast<std::chrono::milliseconds>(time / 2).count();
    // The peer's clock is its own claim: the subtraction must hold for any number.
    std::int64_t offset = 0;
    if (__builtin_sub_overflow(pong.utc_ms(), sent.utc_ms + half, &offset)) offset = 0;
    events.push_back(RoundTrip{time, offset});
  }
  return {};
}

Result<> Conversation::State::on_sync(const Sync& sync) {
  if (static_cast<std::size_t>(sync.streams_size()) > kMaxStreams) {
    return fail(ErrorCode::kExhausted, "a sync of more streams than a link may have", "sync");
  }
  const std::set<StreamId> theirs(sync.streams().begin(), sync.streams().end());
  for (const auto id : theirs) {
    if (!streams.was_opened(id)) {
      return fail(ErrorCode::kInvalid, numbered("a sync with a never opened", id), "sync.streams");
    }
  }
  std::vector<StreamId> unknown;
  for (const auto& [id, stream] : streams.all()) {
    // An own stream whose Open may still be on its way is not yet in the other end's view.
    if (stream.confirmed && !theirs.contains(id)) unknown.push_back(id);
  }
  for (const auto id : unknown) {
    drop(id, ErrorCode::kUnavailable, "the other end does not know the stream any more");
  }
  return {};
}

Result<> Conversation::State::on_open(Open open) {
  const StreamId id = open.stream();
  if (id == 0 || streams.is_own(id)) {
    return fail(ErrorCode::kInvalid, numbered("an id of the wrong side for", id), "open.stream");
  }
  if (streams.was_opened(id)) {
    return fail(ErrorCode::kInvalid, numbered("an id used before for", id), "open.stream");
  }
  if (streams.opened_by_peer() >= kMaxStreams) {
    return fail(ErrorCode::kExhausted, "more streams than a link may have", "open.stream");
  }
  if (streams.size() >= kMaxStreams) {  // ours and theirs crossed: nobody's fault
    streams.note_refused(id);
    push_reset(id, {ErrorCode::kExhausted, "too many streams are open on this link", {}});
    return {};
  }
  streams.add_peers(id, open.interactive());
  events.push_back(Opened{id, open.interactive(), std::move(*open.mutable_what())});
  return {};
}

Result<> Conversation::State::on_data(Data data) {
  if (data.bytes().size() > kChunkBytes) {
    return fail(ErrorCode::kInvalid, "data of more than a chunk", "data.bytes");
  }
  if (data.has_note() && data.note().ByteSizeLong() > kMaxNoteBytes) {
    return fail(ErrorCode::kInvalid, "an oversized note", "data.note");
  }
  if (data.bytes().empty() && !data.has_note()) {
    return fail(ErrorCode::kInvalid, "data with nothing in it", "data");
  }
  const StreamId id = data.stream();
  const auto found = named(id);
  if (!found) return fail(found);
  OpenStream* stream = *found;
  if (!stream) return {};
  if (stream->peer_finished) {
    return fail(ErrorCode::kInvalid, numbered("data after the finish of", id), "data.stream");
  }
  std::optional<StreamNote> note;
  if (data.has_note()) note = std::move(*data.mutable_note());
  const auto cost = cost_of(data.bytes(), note);
  if (cost > stream->receive_credit) {
    return fail(ErrorCode::kExhausted, numbered("more data than credit on", id), "data");
  }
  stream->receive_credit -= cost;
  if (!stream->abandoned) {
    stream->unread += cost;
    events.push_back(Received{id, std::move(*data.mutable_bytes()), std::move(note)});
  }
  if (data.finish()) end_half(id, *stream);
  return {};
}

void Conversation::State::end_half(StreamId id, OpenStream& stream) {
  stream.peer_finished = true;
  if (!stream.abandoned) events.push_back(Finished{id});
  if (stream.finish_sent) streams.erase(id);
}

Result<> Conversation::State::on_credit(const Credit& credit) {
  const auto found = named(credit.stream());
  if (!found) return fail(found);
  if (credit.bytes() == 0) return fail(ErrorCode::kInvalid, "a credit of nothing", "credit.bytes");
  OpenStream* stream = *found;
  if (!stream) return {};
  if (credit.bytes() > kWindowBytes - stream->send_credit) {
    return fail(ErrorCode::kExhausted, numbered("credit beyond the window of", credit.stream()),
                "credit.bytes");
  }
  stream->send_credit += credit.bytes();
  if (stream->wants_credit) {
    stream->wants_credit = false;
    events.push_back(Writable{credit.stream()});
  }
  return {};
}

Result<> Conversation::State::on_finish(const Finish& finish) {
  const StreamId id = finish.stream();
  const auto found = named(id);
  if (!found) return fail(found);
  OpenStream* stream = *found;
  if (!stream) return {};
  if (stream->peer_finished) {
    return fail(ErrorCode::kInvalid, numbered("a second finish of", id), "finish.stream");
  }
  end_half(id, *stream);
  return {};
}

Result<> Conversation::State::on_reset(const Reset& reset) {
  const auto found = named(reset.stream());
  if (!found) return fail(found);
  if (*found) {
    drop(reset.stream(), base::code_from_name(reset.code()),
         clean_text(std::string_view(reset.message()).substr(0, kResetTextBytes)));
  }
  return {};
}

Result<> Conversation::State::on_batch(Batch batch, base::MonotonicTime now, base::UtcTime utc) {
  if (static_cast<std::size_t>(batch.frames_size()) > kBatchFrames) {
    return fail(ErrorCode::kExhausted, "a batch of more frames than allowed", "batch.frames");
  }
  for (const auto& bytes : batch.frames()) {
    Frame frame;
    if (!frame.ParseFromString(bytes)) {
      return fail(ErrorCode::kInvalid, "not a frame", "batch.frames");
    }
    if (frame.has_batch()) {
      return fail(ErrorCode::kInvalid, "a batch within a batch", "batch.frames");
    }
    if (auto taken = take_in(std::move(frame), now, utc); !taken) return taken;
  }
  return {};
}

Result<> Conversation::State::take_in(Frame frame, base::MonotonicTime now, base::UtcTime utc) {
  if (!ready && !frame.has_hello()) {
    return fail(ErrorCode::kInvalid, "another frame before the hello", "hello");
  }
  switch (frame.body_case()) {
    case Frame::kHello:
      return on_hello(frame.hello());
    case Frame::kPing:
      return on_ping(frame.ping(), now, utc);
    case Frame::kPong:
      return on_pong(frame.pong(), now);
    case Frame::kSync:
      return on_sync(frame.sync());
    case Frame::kOpen:
      return on_open(std::move(*frame.mutable_open()));
    case Frame::kData:
      return on_data(std::move(*frame.mutable_data()));
    case Frame::kCredit:
      return on_credit(frame.credit());
    case Frame::kFinish:
      return on_finish(frame.finish());
    case Frame::kReset:
      return on_reset(frame.reset());
    case Frame::kReport:
      if (side == Side::kAgent) return fail(ErrorCode::kDenied, "only agents report", "report");
      events.push_back(GotReport{std::move(*frame.mutable_report())});
      return {};
    case Frame::kOrder:
      if (side == Side::kController) {
        return fail(ErrorCode::kDenied, "only the controller gives orders", "order");
      }
      events.push_back(GotOrder{std::move(*frame.mutable_order())});
      return {};
    case Frame::kBatch:
      return on_batch(std::move(*frame.mutable_batch()), now, utc);
    case Frame::BODY_NOT_SET:
      break;
  }
  return fail(ErrorCode::kInvalid, "a frame of no known kind", "body");
}

}  // namespace slipway::wire
