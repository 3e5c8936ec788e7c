// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connection.hpp"

namespace slipway::net {

namespace {

using base::Result;
using base::Task;

/// A connection without messages: what an HTTP upgrade leaves.
class ConnectionBytes : public ByteStream {
 public:
  explicit ConnectionBytes(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {
    connection_->expires_never();
    connection_->probe_when_idle();
  }

  Task<Result<std::string>> read() override {
    if (connection_->unread().empty()) {
      auto size = co_await connection_->read_more();
      if (!size) co_return base::fail(size);
    }
    co_return std::exchange(connection_->unread(), {});
  }
  Task<Result<>> write(std::string bytes) override { return connection_->write(std::move(bytes)); }
  Task<Result<>> finish() override { return connection_->finish(); }
  void close() override { connection_->close(); }

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<ByteStream> as_byte_stream(std::unique_ptr<Connection> connection) {
  return std::make_unique<ConnectionBytes>(std::move(connection));
}

}  // namespace slipway::net
