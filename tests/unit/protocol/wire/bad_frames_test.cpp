// SPDX-License-Identifier: Apache-2.0
// Replays tests/corpus/frames.yaml: what a peer may do wrong, and the error that ends the link.
#include <google/protobuf/text_format.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "tests/unit/protocol/wire/two_ends.hpp"

namespace slipway::wire {
namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

/// The frames of one step: raw bytes, or a Frame in protobuf's text format, perhaps enlarged and
/// repeated.
std::vector<std::string> frames_of(const YAML::Node& step) {
  if (step["hex"]) return {from_hex(step["hex"].as<std::string>())};
  if (step["zeros"]) return {std::string(step["zeros"].as<std::size_t>(), '\0')};
  Frame frame;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(step["frame"].as<std::string>(), &frame))
      << step["frame"];
  if (step["data_bytes"]) {
    frame.mutable_data()->set_bytes(std::string(step["data_bytes"].as<std::size_t>(), 'x'));
  }
  if (step["stderr_bytes"]) {
    const std::string text(step["stderr_bytes"].as<std::size_t>(), 'x');
    frame.mutable_data()->mutable_note()->set_stderr(text);
  }
  if (step["sync_streams"]) {
    for (int i = 0; i < step["sync_streams"].as<int>(); ++i) frame.mutable_sync()->add_streams(1);
  }
  for (int i = 0; i < step["batch_frames"].as<int>(0); ++i) {
    frame.mutable_batch()->add_frames("");
  }
  std::vector<std::string> frames;
  for (int i = 0; i < step["times"].as<int>(1); ++i) {
    frames.push_back(frame.SerializeAsString());
    if (frame.has_open()) frame.mutable_open()->set_stream(frame.open().stream() + 2);
  }
  return frames;
}

/// One case: all frames but the last are taken, the last is refused.
void replay(const YAML::Node& one, std::set<std::string>& reasons) {
  SCOPED_TRACE(one["name"].as<std::string>());
  const base::MonotonicTime now{};
  const auto utc = base::from_unix_ms(1'800'000'000'000);
  const bool from_agent = one["from"].as<std::string>() == "agent";
  Conversation end(from_agent ? Side::kController : Side::kAgent, hello_of("us"), now, utc);
  std::vector<std::string> frames;
  if (one["hello"].as<bool>(true)) {
    Frame hello;
    *hello.mutable_hello() = hello_of("peer");
    frames.push_back(hello.SerializeAsString());
  }
  for (const auto& step : one["frames"]) {
    for (auto& frame : frames_of(step)) frames.push_back(std::move(frame));
  }
  for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
    const auto taken = end.receive(frames[i], now, utc);
    ASSERT_TRUE(taken) << "frame " << i << ": " << taken.error().message;
    if (i == 0 && one["we_open"]) {
      ASSERT_TRUE(end.open(StreamOpen(), false));
    }
    while (end.next_frame()) {
    }
  }
  end.take_events();
  const auto refused = end.receive(frames.back(), now, utc);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(end.take_events().empty()) << "nothing half-made";
  EXPECT_EQ(base::name_of(refused.error().code), one["code"].as<std::string>());
  EXPECT_EQ(refused.error().field, one["field"].as<std::string>());
  reasons.insert(refused.error().message);
  // It stays refused, and nothing leaves any more.
  EXPECT_FALSE(end.receive(frames.front(), now, utc));
  EXPECT_FALSE(end.next_frame());
}

TEST(BadFrames, EachIsRefusedWithItsCodeAndField) {
  const auto cases = YAML::LoadFile(SLIPWAY_CORPUS "/frames.yaml");
  std::set<std::string> reasons;
  for (const auto& one : cases) replay(one, reasons);
  EXPECT_GE(reasons.size(), 12u);
}

}  // namespace
}  // namespace slipway::wire
