// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/link/linked.hpp"

namespace slipway::link {
namespace {

using base::ErrorCode;
using Streams = Linked;

base::Task<> read_all(StreamPtr stream, std::string& bytes, std::optional<base::Error>& end) {
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) {
      end = chunk.error();
      co_return;
    }
    if (!*chunk) co_return;
    bytes += (*chunk)->bytes;
    if ((*chunk)->note) bytes += "[" + (*chunk)->note->exit().message() + "]";
  }
}

TEST_F(Streams, CarryMuchMoreThanAWindow) {
  const auto from = open_from(controller);
  const auto to = last_offered(agent);
  ASSERT_TRUE(to);
  std::string sent;
  for (int i = 0; sent.size() < 3 * wire::kWindowBytes; ++i) sent += std::to_string(i) + " ";
  bool written = false;
  run([&]() -> base::Task<> {
    wire::StreamNote note;
    note.mutable_exit()->set_message("bye");
    const auto first = co_await from->write(sent);
    const auto second = co_await from->write(note);
    written = first && second;
    from->finish();
  });
  EXPECT_FALSE(written);  // nobody reads yet
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(to, received, end); });
  EXPECT_TRUE(written);
  EXPECT_FALSE(end);
  EXPECT_EQ(received, sent + "[bye]");
}

TEST_F(Streams, WithoutATakerTheyAreReset) {
  agent.takes_streams = false;
  const auto stream = open_from(controller);
  poll();
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(stream, received, end); });
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ErrorCode::kUnavailable);
  EXPECT_EQ(agent.link->stream_count() + controller.link->stream_count(), 0u);
}

TEST_F(Streams, AResetReachesReaderAndWriterWithItsError) {
  const auto from = open_from(controller);
  auto to = last_offered(agent);
  ASSERT_TRUE(to);
  base::Result<> written;
  run([&]() -> base::Task<> {
    written = co_await from->write(std::string(2 * wire::kWindowBytes, 'x'));
  });
  to->reset({ErrorCode::kDenied, "not this container", {}});
  poll();
  poll();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kDenied);
  EXPECT_EQ(written.error().message, "not this container");
  run([&]() -> base::Task<> { written = co_await from->write("more"); });
  EXPECT_EQ(written.error().code, ErrorCode::kDenied);
}

TEST_F(Streams, WhatCameBeforeAResetIsStillRead) {
  const auto from = open_from(controller);
  const auto to = last_offered(agent);
  run([&]() -> base::Task<> { co_await from->write("last words"); });
  from->reset({ErrorCode::kTimeout, "too late", {}});
  poll();
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(to, received, end); });
  EXPECT_EQ(received, "last words");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ErrorCode::kTimeout);
}

TEST_F(Streams, DroppedAfterFinishWhatWasWrittenArrives) {
  auto from = open_from(controller);
  const auto to = last_offered(agent);
  const std::string sent(wire::kWindowBytes / 2, 'x');
  run([&]() -> base::Task<> {
    co_await from->write(sent);
    from->finish();
    from.reset();
  });
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(to, received, end); });
  EXPECT_EQ(received, sent);
  EXPECT_FALSE(end);
  poll();
  EXPECT_EQ(agent.link->stream_count() + controller.link->stream_count(), 0u);
}

TEST_F(Streams, DroppedWithoutFinishTheyAreReset) {
  auto from = open_from(controller);
  const auto to = last_offered(agent);
  from.reset();
  poll();
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(to, received, end); });
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ErrorCode::kUnavailable);
  EXPECT_EQ(controller.link->stream_count(), 0u);
}

TEST_F(Streams, ASlowReaderHoldsUpNobodyElse) {
  const auto slow = open_from(controller);
  const auto slow_end = last_offered(agent);
  const auto quick = open_from(controller);
  const auto quick_end = last_offered(agent);
  const std::string sent(2 * wire::kWindowBytes, 'x');
  run([&]() -> base::Task<> { co_await slow->write(sent); });
  std::string received;
  std::optional<base::Error> end;
  run([&] { return read_all(quick_end, received, end); });
  run([&]() -> base::Task<> {
    co_await quick->write(sent);
    quick->finish();
  });
  EXPECT_EQ(received, sent);
  EXPECT_FALSE(end);
}

TEST_F(Streams, OutliveTheirLink) {
  auto stream = open_from(controller);
  controller.link->close({ErrorCode::kUnavailable, "gone", {}});
  poll();
  poll();
  ASSERT_TRUE(controller.ended);
  controller.link =
      std::make_unique<Link>(wire::Side::kController, wire::Hello(),
                             net::transport_pair(io.get_executor()).first, LinkHandlers(), clock);
  base::Result<std::optional<Chunk>> read;
  run([&]() -> base::Task<> { read = co_await stream->read(); });
  EXPECT_FALSE(read);
  stream->finish();
  stream->reset({ErrorCode::kInternal, "x", {}});
  stream.reset();
}

TEST_F(Streams, TellWhenTheyAreOver) {
  const auto reset = open_from(controller);
  const auto reset_end = last_offered(agent);
  const auto whole = open_from(controller);
  const auto whole_end = last_offered(agent);
  std::vector<std::string> over;
  const auto watch = [&](StreamPtr stream, std::string name) {
    run([&over, stream, name]() -> base::Task<> {
      const auto why = co_await stream->closed();
      over.push_back(name + ": " + why.message);
    });
  };
  watch(reset_end, "reset");
  watch(whole_end, "whole");
  whole->finish();
  poll();
  EXPECT_TRUE(over.empty());  // half of it may go on
  reset->reset({ErrorCode::kTimeout, "enough", {}});
  whole_end->finish();
  poll();
  EXPECT_EQ(over, (std::vector<std::string>{"whole: the stream is closed", "reset: enough"}));
}

TEST_F(Streams, ACancelledReaderLeavesTheStreamUsable) {
  const auto from = open_from(controller);
  const auto to = last_offered(agent);
  {
    base::TaskScope readers(io.get_executor());
    readers.spawn("reader", [](StreamPtr s) -> base::Task<> { co_await s->read(); }(to));
    poll();
    readers.cancel();
    poll();
    EXPECT_EQ(readers.running(), 0u);
  }
  run([&]() -> base::Task<> { co_await from->write("still"); });
  base::Result<std::optional<Chunk>> read;
  run([&]() -> base::Task<> { read = co_await to->read(); });
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->bytes, "still");
}

}  // namespace
}  // namespace slipway::link
