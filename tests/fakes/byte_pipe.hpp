// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "protocol/base/wakeup.hpp"
#include "protocol/net/byte_stream.hpp"

namespace slipway::fakes {

/// Two connected ByteStreams in memory; each direction holds at most `capacity` bytes, so that a
/// reader that stalls holds its writer up.
class BytePipe {
  struct Lane {
    Lane(const boost::asio::any_io_executor& executor, std::size_t bound)
        : capacity(bound), changed(executor) {}
    std::size_t capacity;
    std::string bytes;
    bool finished = false;  ///< nothing more is written
    bool broken = false;
    base::Wakeup changed;
  };

  class End : public net::ByteStream {
   public:
    End(std::shared_ptr<Lane> in, std::shared_ptr<Lane> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~End() override { close(); }

    base::Task<base::Result<std::string>> read() override {
      const auto lane = in_;
      while (lane->bytes.empty() && !lane->finished && !lane->broken) co_await lane->changed.wait();
      if (lane->broken) co_return base::fail(base::ErrorCode::kUnavailable, "the pipe broke");
      lane->changed.notify();
      co_return std::exchange(lane->bytes, {});
    }
    base::Task<base::Result<>> write(std::string bytes) override {
      const auto lane = out_;
      while (lane->bytes.size() >= lane->capacity && !lane->broken) co_await lane->changed.wait();
      if (lane->broken) co_return base::fail(base::ErrorCode::kUnavailable, "the pipe broke");
      lane->bytes += bytes;
      lane->changed.notify();
      co_return base::Result<>{};
    }
    base::Task<base::Result<>> finish() override {
      out_->finished = true;
      out_->changed.notify();
      co_return base::Result<>{};
    }
    void close() override {
      for (const auto& lane : {in_, out_}) {
        // What was written and finished in good order can still be read.
        lane->broken = lane->broken || !lane->finished || lane == in_;
        lane->changed.notify();
      }
    }

   private:
    std::shared_ptr<Lane> in_;
    std::shared_ptr<Lane> out_;
  };

 public:
  explicit BytePipe(const boost::asio::any_io_executor& executor, std::size_t capacity = 64 << 10) {
    auto there = std::make_shared<Lane>(executor, capacity);  // each lane is shared by both ends
    auto back = std::make_shared<Lane>(executor, capacity);
    near = std::make_unique<End>(back, there);
    far = std::make_unique<End>(there, back);
  }

  std::unique_ptr<net::ByteStream> near;
  std::unique_ptr<net::ByteStream> far;
};

}  // namespace slipway::fakes
