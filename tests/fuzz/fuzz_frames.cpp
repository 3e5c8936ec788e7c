// SPDX-License-Identifier: Apache-2.0
// A hostile peer against one conversation: any frames in any order, mixed with calls of its owner.
#include <google/protobuf/stubs/logging.h>

#include "protocol/wire/conversation.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr std::size_t kMaxOperations = 500;

/// The owner's side of the conversation under attack.
struct Owner {
  wire::Conversation talk;
  base::MonotonicTime now{};
  base::UtcTime utc = base::from_unix_ms(0);
  wire::StreamId last = 1;  ///< the stream that the owner acts on
  bool ended = false;

  void look_at_events() {
    for (const auto& event : talk.take_events()) {
      if (const auto* opened = std::get_if<wire::Opened>(&event)) last = opened->stream;
      if (const auto* got = std::get_if<wire::Received>(&event)) {
        require(wire::cost_of(got->bytes, got->note) <= wire::kWindowBytes, "within a window");
        last = got->stream;
      }
    }
    require(talk.stream_count() <= wire::kMaxStreams, "no more streams than allowed");
    require(talk.queued_bytes() <= 2 * wire::kControlQueueBytes, "what waits is bounded");
  }
  void hear(std::string_view frame) {
    const bool taken = talk.receive(frame, now, utc).has_value();
    require(!(ended && taken), "an ended conversation takes nothing");
    ended = ended || !taken;
    look_at_events();
  }
  void send(std::size_t count) {
    for (; count > 0; --count) {
      const auto bytes = talk.next_frame();
      if (!bytes) return;
      require(!ended, "an ended conversation sends nothing");
      require(bytes->size() <= wire::kMaxFrameBytes, "no frame too large");
      wire::Frame frame;
      require(frame.ParseFromString(*bytes), "frames parse");
    }
  }
};

void act(Owner& owner, fuzz::Input& input) {
  switch (input.byte() % 12) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const auto length = input.number();
      return owner.hear(input.text(length % 2048));
    }
    case 4: {
      owner.now += std::chrono::milliseconds{input.number() % 6000};
      owner.ended |= !owner.talk.tick(owner.now, owner.utc).has_value();
      return;
    }
    case 5:
      return owner.send(input.byte());
    case 6:
      if (const auto id = owner.talk.open({}, input.byte() % 2)) owner.last = *id;
      return;
    case 7:
      (void)owner.talk.write(owner.last, std::string(input.number(), 'x'));
      return;
    case 8: {
      wire::StreamNote note;
      note.set_stderr(std::string(input.number(), 'e'));
      (void)owner.talk.write_note(owner.last, note);
      return;
    }
    case 9:
      return owner.talk.consumed(owner.last, input.number());
    case 10:
      return input.byte() % 2 ? owner.talk.finish(owner.last) : owner.talk.abandon(owner.last);
    default:
      return owner.talk.reset(owner.last, {base::ErrorCode::kDenied, "no", {}});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static google::protobuf::LogSilencer quiet;
  fuzz::Input input(data, size);
  const auto flags = input.byte();
  const auto side = flags & 1 ? wire::Side::kAgent : wire::Side::kController;
  Owner owner{wire::Conversation(side, {}, {}, {})};
  if (flags & 2) {  // else even the hello is the fuzzer's
    wire::Frame hello;
    hello.mutable_hello()->set_version_min(1);
    hello.mutable_hello()->set_version_max(1);
    hello.mutable_hello()->set_takes_batches(flags & 4);
    owner.hear(hello.SerializeAsString());
  }
  for (std::size_t i = 0; i < kMaxOperations && !input.empty(); ++i) act(owner, input);
  owner.send(10'000);
  return 0;
}
