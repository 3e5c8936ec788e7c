// SPDX-License-Identifier: Apache-2.0
// Two honest ends with arbitrary users and an arbitrary network between them: neither may ever find
// fault with the other, and what is read is what was written.
#include <deque>
#include <map>

#include "protocol/wire/conversation.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr std::size_t kMaxOperations = 2000;

/// What one end's user has written to a stream and read from it.
struct Books {
  std::uint64_t written = 0;
  std::uint64_t read = 0;
  std::size_t unread = 0;  ///< cost of what has not been consumed
  bool finished = false;
};

/// One end, its user and what is on its way to the other.
struct End {
  wire::Conversation talk;
  std::deque<std::string> on_way;
  std::map<wire::StreamId, Books> books;
  wire::StreamId last = 0;
};

char byte_at(wire::StreamId id, std::uint64_t position) {
  return static_cast<char>(id * 31 + position * 7 + (position >> 8));
}

struct World {
  base::MonotonicTime now{};
  base::UtcTime utc = base::from_unix_ms(1'000'000);
  End ends[2] = {{wire::Conversation(wire::Side::kAgent, {}, now, utc), {}, {}},
                 {wire::Conversation(wire::Side::kController, {}, now, utc), {}, {}}};

  void look_at_events(End& end, End& peer) {
    for (const auto& event : end.talk.take_events()) {
      if (const auto* it = std::get_if<wire::Opened>(&event)) end.last = it->stream;
      if (const auto* it = std::get_if<wire::Finished>(&event)) {
        require(peer.books[it->stream].finished, "an end that was made");
        require(end.books[it->stream].read == peer.books[it->stream].written, "nothing is lost");
      }
      const auto* it = std::get_if<wire::Received>(&event);
      if (!it) continue;
      auto& books = end.books[it->stream];
      for (const char c : it->bytes) {
        require(c == byte_at(it->stream, books.read++), "bytes in their order");
      }
      books.unread += wire::cost_of(it->bytes, it->note);
      require(books.unread <= wire::kWindowBytes, "no more than a window unread");
    }
    require(end.talk.stream_count() <= wire::kMaxStreams, "no more streams than allowed");
  }
  void send(End& end) {
    if (auto frame = end.talk.next_frame()) end.on_way.push_back(std::move(*frame));
  }
  bool deliver(End& from, End& to) {
    if (from.on_way.empty()) return false;
    const auto taken = to.talk.receive(from.on_way.front(), now, utc);
    if (!taken) std::fprintf(stderr, "%s\n", taken.error().message.c_str());
    require(taken.has_value(), "honest ends find no fault with each other");
    from.on_way.pop_front();
    look_at_events(to, from);
    return true;
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (int i = 0; i < 2; ++i) {
        send(ends[i]);
        moved |= deliver(ends[i], ends[1 - i]);
      }
    }
  }
  void write(End& end, std::size_t length) {
    auto& books = end.books[end.last];
    std::string bytes(length, '\0');
    for (std::size_t i = 0; i < length; ++i) bytes[i] = byte_at(end.last, books.written + i);
    if (const auto taken = end.talk.write(end.last, bytes)) books.written += *taken;
  }
  void act(fuzz::Input& input);
};

void World::act(fuzz::Input& input) {
  const auto what = input.byte();
  auto& end = ends[what & 1];
  auto& peer = ends[1 - (what & 1)];
  auto& books = end.books[end.last];
  switch ((what >> 1) % 14) {
    case 0:
    case 1:
      return send(end);
    case 2:
    case 3:
      deliver(peer, end);
      return;
    case 4:
      if (const auto id = end.talk.open({}, input.byte() % 2)) end.last = *id;
      return;
    case 5:
    case 6:
      return write(end, input.number());
    case 7: {
      wire::StreamNote note;
      note.set_stderr(std::string(input.number(), 'e'));
      (void)end.talk.write_note(end.last, note);
      return;
    }
    case 8: {
      const auto some = std::min<std::size_t>(books.unread, input.number() * 4);
      books.unread -= some;
      return end.talk.consumed(end.last, some);
    }
    case 9:
      books.finished = true;
      return end.talk.finish(end.last);
    case 10:
      return input.byte() % 2 ? end.talk.abandon(end.last)
                              : end.talk.reset(end.last, {base::ErrorCode::kDenied, "no", {}});
    case 11:
      end.last = input.byte();
      return;
    case 12:
      now += std::chrono::milliseconds{input.number() % 900};
      for (auto& each : ends) (void)each.talk.tick(now, utc);
      return;
    default:
      return settle();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  World world;
  const auto silent = [&] {  // too long without delivery: either end may give up, rightly
    for (auto& end : world.ends) {
      if (!end.talk.tick(world.now, world.utc)) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < kMaxOperations && !input.empty(); ++i) {
    if (silent()) return 0;
    world.act(input);
  }
  if (silent()) return 0;
  world.settle();
  require(world.ends[0].talk.stream_count() == world.ends[1].talk.stream_count(),
          "both ends know the same streams");
  return 0;
}
