// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <boost/asio/thread_pool.hpp>
#include <map>
#include <set>

#include "agent/kube/kinds.hpp"
#include "agent/kube/mirror_writer.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/linked_streams.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::kube {
namespace {

using base::Task;
using fakes::FedBody;
using fakes::LinkedStreams;

/// Takes the batches out of a stream.
Task<std::optional<wire::MirrorBatch>> next_batch(link::StreamPtr stream, std::string& held) {
  while (true) {
    if (held.size() >= 4) {
      std::size_t size = 0;
      for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(held[i]);
      if (held.size() >= 4 + size) {
        wire::MirrorBatch batch;
        EXPECT_TRUE(batch.ParseFromString(held.substr(4, size)));
        held.erase(0, 4 + size);
        co_return batch;
      }
    }
    auto chunk = co_await stream->read();
    if (!chunk || !*chunk) co_return std::nullopt;
    held += (*chunk)->bytes;
  }
}

TEST(Mirror, WritesEveryKindAndThenDeltasUntilTheStreamEnds) {
  LinkedStreams links;
  boost::asio::thread_pool pool(1);
  fakes::FakeKubeApi api;
  fakes::ManualClock clock;
  auto body = std::make_shared<FedBody>(links.io.get_executor());
  auto idle = std::make_shared<FedBody>(links.io.get_executor());
  std::map<std::string, std::string> served;  // resources by group
  for (const auto& kind : mirrored_kinds()) {
    auto& list = served[std::string(kind.group)];
    list += (list.empty() ? "" : ",") + (R"({"name":")" + std::string(kind.plural)) + "\"}";
  }
  for (const auto& [group, resources] : served) {
    api.on("GET /apis/" + group, 200,
           R"({"name":")" + group + R"(","versions":[{"groupVersion":")" + group + R"(/v1"}]})");
    api.on("GET /apis/" + group + "/v1", 200, R"({"resources":[)" + resources + "]}");
  }
  for (const auto& kind : mirrored_kinds()) {
    const std::string group(kind.group);
    const auto root = group.empty() ? "/api/v1/" : "/apis/" + group + "/v1/";
    const auto path = "GET " + root + std::string(kind.plural);
    api.on(path + "?limit", 200,
           R"({"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"uid":"u"}}]})");
    api.on(path + "?watch", kind.plural == "pods" ? body : idle);
  }
  links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    auto pair = co_await own.open_from_agent({});
    bool ended = false;
    auto writing = [](KubeApi& from, boost::asio::thread_pool& on, const base::Clock& time,
                      link::StreamPtr stream, bool& over) -> Task<> {
      co_await write_mirror(from, on, time, std::move(stream));
      over = true;
    };
    scope.spawn("mirror", writing(api, pool, clock, std::exchange(pair.agent, nullptr), ended));
    std::string held;
    std::set<std::string> kinds;
    while (kinds.size() < mirrored_kinds().size()) {
      auto batch = co_await next_batch(pair.controller, held);
      if (!batch) break;
      EXPECT_TRUE(batch->full() && batch->complete()) << batch->kind();
      EXPECT_EQ(batch->upserts(0).meta().uid(), "u");
      kinds.insert(batch->kind());
    }
    EXPECT_EQ(kinds.size(), mirrored_kinds().size());
    body->feed(R"({"type":"DELETED","object":{"metadata":{"uid":"u","resourceVersion":"9"}}})"
               "\n");
    auto delta = co_await next_batch(pair.controller, held);
    EXPECT_TRUE(delta);
    if (delta) EXPECT_EQ(delta->deleted(0), "u");
    pair.controller->reset({base::ErrorCode::kUnavailable, "over", {}});
    while (!ended) co_await boost::asio::post(boost::asio::use_awaitable);
  });
  EXPECT_TRUE(body->dropped);
}

TEST(Mirror, FramesABatchByItsLength) {
  wire::MirrorBatch batch;
  batch.set_error(std::string(300, 'x'));
  const auto frame = frame_of(batch);
  const auto size = batch.ByteSizeLong();
  EXPECT_EQ(frame.size(), size + 4);
  EXPECT_EQ(static_cast<unsigned char>(frame[2]), size >> 8);
  EXPECT_EQ(static_cast<unsigned char>(frame[3]), size & 0xFF);
}

}  // namespace
}  // namespace slipway::kube
