// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/stories.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::simulation {

using base::Task;

namespace {

constexpr std::size_t kKeyBytes = 64;

/// Byte `at` of a half: differs between streams, halves and positions.
char byte_of(const Story& story, int half, std::uint64_t at) {
  const auto mixed = (at + 1) * 0x9e3779b97f4a7c15ull ^ (story.number * 2u + half) * 0xff51afd7ull;
  return static_cast<char>(mixed >> 29);
}

std::string pattern(const Story& story, int half, std::uint64_t from, std::size_t length) {
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; ++i) bytes[i] = byte_of(story, half, from + i);
  return bytes;
}

std::uint64_t up_to(std::mt19937_64& random, std::uint64_t most) {
  return random() % (most + 1);
}

/// A note that tells its place among the bytes, so that order between both is checked too.
wire::StreamNote note_at(std::uint64_t position) {
  wire::StreamNote note;
  note.mutable_exit()->set_message(std::to_string(position));
  return note;
}

}  // namespace

Task<> Gate::pass() {
  while (permits == 0 && !open) co_await opened.wait();
  if (permits > 0) --permits;
}

Plan make_plan(std::mt19937_64& random) {
  Plan plan;
  plan.interactive = random() % 3 == 0;
  const std::uint64_t most = plan.interactive ? 2'000 : wire::kWindowBytes * 3;
  for (int side = 0; side < 2; ++side) {
    plan.bytes[side] = random() % 4 == 0 ? up_to(random, 100) : up_to(random, most);
    plan.resets[side] = random() % 10 == 0;
    plan.leaves[side] = random() % 10 == 0;
    plan.slow[side] = random() % 3 == 0;
  }
  // Where nobody reads on either side, both may write in vain for ever: that is what was asked for.
  if (plan.leaves[0]) plan.leaves[1] = false;
  return plan;
}

Task<> write_half(User user, WireWatch& watch) {
  const int half = user.side == user.story->opener ? 0 : 1;
  auto& mine = user.story->halves[half];
  const auto& plan = user.story->plan;
  std::mt19937_64 random(user.seed);
  while (mine.written < plan.bytes[half]) {
    if (random() % 4 == 0) co_await user.gate->pass();
    const auto rest = plan.bytes[half] - mine.written;
    const auto most = plan.interactive ? kKeyBytes : 3 * wire::kChunkBytes;
    const auto length = std::min<std::uint64_t>(rest, 1 + up_to(random, most - 1));
    mine.attempted += length;
    // write() of an interactive user takes all at once: it stays far below its credit.
    if (plan.interactive) watch.keys_wait(user.side, user.stream->id(), length);
    const auto sent = co_await user.stream->write(pattern(*user.story, half, mine.written, length));
    if (!sent) {
      watch.keys_dropped(user.side, user.stream->id());
      co_return;
    }
    mine.written += length;
    if (random() % 8 == 0 && !co_await user.stream->write(note_at(mine.written))) co_return;
  }
  if (plan.resets[half]) {
    watch.keys_dropped(user.side, user.stream->id());
    user.stream->reset({base::ErrorCode::kDenied, "as planned", {}});
    co_return;
  }
  mine.finished = true;
  user.stream->finish();
}

Task<> read_half(User user) {
  const int side = user.side == user.story->opener ? 0 : 1;
  const int half = 1 - side;
  auto& theirs = user.story->halves[half];
  std::mt19937_64 random(user.seed);
  const auto leaves_at = up_to(random, user.story->plan.bytes[half] + 1);
  for (;;) {
    if (user.story->plan.slow[side]) co_await user.gate->pass();
    auto chunk = co_await user.stream->read();
    if (!chunk) {
      theirs.failure = chunk.error();
      co_return;
    }
    if (!*chunk) {
      theirs.ended = true;
      co_return;
    }
    EXPECT_EQ((*chunk)->bytes, pattern(*user.story, half, theirs.received, (*chunk)->bytes.size()))
        << "lost, doubled or reordered on stream " << user.story->number;
    theirs.received += (*chunk)->bytes.size();
    if ((*chunk)->note) {
      EXPECT_EQ((*chunk)->note->exit().message(), std::to_string(theirs.received));
    }
    if (user.story->plan.leaves[side] && theirs.received >= leaves_at) co_return;
  }
}

void check_story(const Story& story, bool link_lost) {
  SCOPED_TRACE("stream " + std::to_string(story.number));
  for (int half = 0; half < 2; ++half) {
    const auto& it = story.halves[half];
    EXPECT_LE(it.received, it.attempted);
    if (it.ended) {
      EXPECT_TRUE(it.finished) << "an end that nobody made";
      EXPECT_EQ(it.received, it.written) << "half " << half << " lost its tail";
    }
    if (it.failure && story.plan.is_plain() && !link_lost) {
      ADD_FAILURE() << "half " << half << " failed for no reason: " << it.failure->message;
    }
    if (!link_lost && story.plan.is_plain()) {
      EXPECT_TRUE(it.ended) << "half " << half << " did not end: " << it.received << " of "
                            << it.attempted << ", written " << it.written;
    }
  }
}

}  // namespace slipway::simulation
