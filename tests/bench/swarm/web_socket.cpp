// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/web_socket.hpp"

#include <cstdint>

namespace slipway::swarm {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;
using net::Message;

namespace {

constexpr std::size_t kMaxHeadBytes = 8 << 10;
constexpr std::size_t kMaxMessageBytes = 1 << 20;
constexpr std::uint32_t kMask = 0x5f3759df;
constexpr unsigned char kFinal = 0x80, kMasked = 0x80;

enum Opcode : unsigned char { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8 };

std::string frame_of(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 14);
  frame.push_back(static_cast<char>(kFinal | opcode));
  const auto put = [&](std::uint64_t number, int bytes) {
    while (bytes-- > 0) frame.push_back(static_cast<char>(number >> (8 * bytes)));
  };
  if (payload.size() < 126) {
    put(kMasked | payload.size(), 1);
  } else if (payload.size() < 65536) {
    put(kMasked | 126, 1);
    put(payload.size(), 2);
  } else {
    put(kMasked | 127, 1);
    put(payload.size(), 8);
  }
  put(kMask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame.push_back(static_cast<char>(payload[i] ^ static_cast<char>(kMask >> (8 * (3 - i % 4)))));
  }
  return frame;
}

/// A frame at the beginning of what came; unmasked, since a server sent it.
struct Frame {
  bool final = true;
  unsigned char opcode = 0;
  std::size_t head = 0;
  std::size_t size = 0;
};

/// False: more must come first.
bool parse(std::string_view bytes, Frame& frame) {
  if (bytes.size() < 2) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  frame.final = (at(0) & kFinal) != 0;
  frame.opcode = at(0) & 0x0f;
  std::uint64_t size = at(1) & 0x7f;
  const int more = size == 126 ? 2 : size == 127 ? 8 : 0;
  frame.head = 2 + static_cast<std::size_t>(more);
  if (bytes.size() < frame.head) return false;
  if (more > 0) size = 0;
  for (int i = 0; i < more; ++i) size = size << 8 | at(2 + static_cast<std::size_t>(i));
  frame.size = size;
  return true;
}

class WebSocket : public net::Transport {
 public:
  explicit WebSocket(std::unique_ptr<TlsSocket> socket) : socket_(std::move(socket)) {}
  ~WebSocket() override { socket_->drop(); }

  Task<Result<>> upgrade(std::string target, std::string protocol);
  Task<Result<Message>> read() override;
  Task<Result<>> write(Message message) override {
    const auto frame = frame_of(message.binary ? kBinary : kText, message.bytes);
    co_return co_await socket_->write(frame);
  }
  void close() override { socket_->farewell(frame_of(kClose, "\x03\xe8")); }
  void drop() override { socket_->drop(); }

 private:
  std::unique_ptr<TlsSocket> socket_;
  std::string unread_;
};

Task<Result<>> WebSocket::upgrade(std::string target, std::string protocol) {
  std::string request = "GET " + target +
                        " HTTP/1.1\r\nHost: slipway\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: c2xpcHdheSdzIHN3YXJtIQ==\r\n";
  if (!protocol.empty()) request += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
  request += "\r\n";
  if (auto sent = co_await socket_->write(request); !sent) co_return fail(sent);
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (unread_.size() > kMaxHeadBytes) co_return fail(ErrorCode::kInvalid, "an endless head");
    if (auto came = co_await socket_->read_more(unread_); !came) co_return fail(came);
  }
  if (!unread_.starts_with("HTTP/1.1 101 ")) {
    co_return fail(ErrorCode::kUnavailable,
                   "the upgrade is refused: " + unread_.substr(0, unread_.find('\r')));
  }
  unread_.erase(0, end + 4);
  co_return Result<>{};
}

Task<Result<Message>> WebSocket::read() {
  Message message{{}, true};
  for (;;) {
    Frame frame;
    while (!parse(unread_, frame) || unread_.size() < frame.head + frame.size) {
      if (frame.size > kMaxMessageBytes) co_return fail(ErrorCode::kExhausted, "a message too big");
      if (auto came = co_await socket_->read_more(unread_); !came) co_return fail(came);
    }
    const auto payload = std::string_view(unread_).substr(frame.head, frame.size);
    const bool data = frame.opcode <= kBinary;
    if (frame.opcode == kText) message.binary = false;
    if (data) message.bytes += payload;
    unread_.erase(0, frame.head + frame.size);
    if (unread_.empty()) std::string().swap(unread_);
    if (frame.opcode == kClose) co_return fail(ErrorCode::kUnavailable, "the other end closed");
    if (data && frame.final) co_return message;
  }
}

}  // namespace

Task<Result<std::unique_ptr<net::Transport>>> upgrade(std::unique_ptr<TlsSocket> socket,
                                                      std::string target, std::string protocol) {
  auto made = std::make_unique<WebSocket>(std::move(socket));
  auto done = co_await made->upgrade(std::move(target), std::move(protocol));
  if (!done) co_return fail(done);
  co_return std::move(made);
}

}  // namespace slipway::swarm
