// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/conversation.hpp"

namespace slipway::wire {

inline Hello hello_of(const std::string& software, std::uint32_t min = kProtocolVersion,
                      std::uint32_t max = kProtocolVersion) {
  Hello hello;
  hello.set_version_min(min);
  hello.set_version_max(max);
  hello.set_software(software);
  hello.set_incarnation("1");
  return hello;
}

/// An agent's and a controller's conversation with frames carried by hand between them.
class TwoEnds : public testing::Test {
 protected:
  struct End {
    Conversation talk;
    std::vector<Event> events;  ///< all that happened so far
  };

  base::MonotonicTime now{std::chrono::hours{1}};
  base::UtcTime utc = base::from_unix_ms(1'800'000'000'000);
  End agent{Conversation(Side::kAgent, hello_of("agent"), now, utc), {}};
  End controller{Conversation(Side::kController, hello_of("controller"), now, utc), {}};

  /// Takes one frame from an end without delivering it.
  static std::optional<Frame> take(End& from) {
    const auto bytes = from.talk.next_frame();
    if (!bytes) return std::nullopt;
    Frame frame;
    EXPECT_TRUE(frame.ParseFromString(*bytes));
    EXPECT_LE(bytes->size(), kMaxFrameBytes);
    return frame;
  }
  static std::vector<Frame> take_all(End& from) {
    std::vector<Frame> frames;
    while (auto frame = take(from)) frames.push_back(std::move(*frame));
    return frames;
  }
  base::Result<> give(End& to, const Frame& frame) {
    auto taken = to.talk.receive(frame.SerializeAsString(), now, utc);
    for (auto& event : to.talk.take_events()) to.events.push_back(std::move(event));
    return taken;
  }
  /// Carries frames both ways until neither end has any.
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto [from, to] : {std::pair{&agent, &controller}, std::pair{&controller, &agent}}) {
        while (auto frame = take(*from)) {
          const auto taken = give(*to, *frame);
          ASSERT_TRUE(taken) << taken.error().message << ": " << frame->ShortDebugString();
          moved = true;
        }
      }
    }
  }
  void pass(std::chrono::milliseconds time) {
    for (; time.count() > 0; time -= std::chrono::seconds{1}) {
      now += std::chrono::seconds{1};
      utc += std::chrono::seconds{1};
      ASSERT_TRUE(agent.talk.tick(now, utc));
      ASSERT_TRUE(controller.talk.tick(now, utc));
    }
  }
  static StreamOpen some_open() {
    StreamOpen what;
    what.mutable_logs()->set_pod("web");
    return what;
  }
  StreamId open_at(End& from, bool interactive = false) {
    const auto id = from.talk.open(some_open(), interactive);
    EXPECT_TRUE(id);
    return id.value_or(0);
  }

  template <class T>
  static std::vector<T> all_of(const End& end) {
    std::vector<T> found;
    for (const auto& event : end.events) {
      if (const auto* it = std::get_if<T>(&event)) found.push_back(*it);
    }
    return found;
  }
  static std::string bytes_of(const End& end, StreamId id) {
    std::string bytes;
    for (const auto& it : all_of<Received>(end)) {
      if (it.stream == id) bytes += it.bytes;
    }
    return bytes;
  }
};

}  // namespace slipway::wire
