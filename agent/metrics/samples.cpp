// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/samples.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/rest_mapping.hpp"
#include "protocol/base/parallel.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::metrics {

using base::Result;
using base::Task;

Samples::Samples(base::asio::any_io_executor executor, kube::KubeApi& api, const base::Clock& clock)
    : api_(api), clock_(clock), asked_(executor) {}

Task<Result<const std::vector<NodeUsage>*>> Samples::now() {
  const auto fresh = [this] { return taken_at_ && clock_.monotonic() - *taken_at_ < kFresh; };
  while (asking_ && !fresh()) {
    co_await asked_.wait();
    const auto state = co_await base::asio::this_coro::cancellation_state;
    if (state.cancelled() != base::asio::cancellation_type::none)
      co_return base::fail(base::ErrorCode::kUnavailable, "nobody waits for it any more");
  }
  if (fresh()) co_return &nodes_;
  struct Asking {  // also when its asker goes away
    bool& flag;
    base::Wakeup& over;
    ~Asking() {
      flag = false;
      over.notify();
    }
  };
  asking_ = true;
  const Asking asking{asking_, asked_};
  auto asked = co_await ask_all();
  if (!asked) co_return base::fail(asked);
  co_return &nodes_;
}

Task<Result<>> Samples::ask_all() {
  auto list = co_await kube::get_json(api_, "/api/v1/nodes?resourceVersion=0");
  if (!list) co_return base::fail(list);
  std::vector<std::string> names;
  for (const auto& node : kube::array_at(*list, "items"))
    names.push_back(kube::text_at(kube::object_at(node, "metadata"), "name"));
  std::vector<NodeUsage> all(names.size());
  const auto answers = co_await base::in_parallel(
      names.size(), kNodesAtOnce, [&](std::size_t i) { return ask(names[i], all[i]); });
  nodes_.clear();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (answers[i]) nodes_.push_back(std::move(all[i]));
  taken_at_ = clock_.monotonic();
  co_return Result<>{};
}

Task<Result<>> Samples::ask(std::string node, NodeUsage& usage) {
  const auto path = "/api/v1/nodes/" + net::percent_encoded(node) + "/proxy/stats/summary";
  auto summary =
      co_await base::with_timeout(kNodeLimit, "kubelet of " + node, kube::get_json(api_, path));
  if (!summary) co_return base::fail(summary);
  usage = read_summary(*summary);
  usage.name = std::move(node);
  co_return Result<>{};
}

}  // namespace slipway::metrics
