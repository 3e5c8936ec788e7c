// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/mirror_writer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <random>

#include "agent/kube/kind_watch.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::kube {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kQueuedBatches = 8;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

using Queue = asio::experimental::channel<void(boost::system::error_code, std::string)>;

Task<Result<>> put(Queue& queue, wire::MirrorBatch batch) {
  const auto [error] = co_await queue.async_send({}, frame_of(batch), kNoThrow);
  if (error) co_return base::fail(ErrorCode::kUnavailable, "the mirror's stream is over");
  co_return Result<>{};
}

Task<> write_all(Queue& queue, link::StreamPtr stream) {
  while (true) {
    auto [error, frame] = co_await queue.async_receive(kNoThrow);
    if (error) co_return;
    if (auto written = co_await stream->write(std::move(frame)); !written) co_return;
  }
}

}  // namespace

std::string frame_of(const wire::MirrorBatch& batch) {
  const auto body = batch.SerializeAsString();
  const auto size = static_cast<std::uint32_t>(body.size());
  std::string frame;
  frame.reserve(body.size() + 4);
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(size >> shift));
  return frame + body;
}

Task<> write_mirror(KubeApi& api, asio::thread_pool& pool, const base::Clock& clock,
                    link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  Queue queue(co_await asio::this_coro::executor, kQueuedBatches);
  std::random_device random;
  std::vector<std::unique_ptr<KindWatch>> watches;
  for (const auto& kind : mirrored_kinds()) {
    watches.push_back(std::make_unique<KindWatch>(
        api, pool, clock, kind,
        [&queue](wire::MirrorBatch batch) { return put(queue, std::move(batch)); },
        base::Backoff({}, random())));
  }
  co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
    for (auto& watch : watches) scope.spawn("watch", watch->run());
    co_await (write_all(queue, stream) || stream->closed());
    queue.close();
  });
  stream->finish();
}

}  // namespace slipway::kube
