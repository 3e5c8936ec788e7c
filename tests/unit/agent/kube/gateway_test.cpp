// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/gateway.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fakes/linked_streams.hpp"

namespace slipway::kube {
namespace {

using base::Task;
using fakes::LinkedStreams;

TEST(Gateway, AnswersBeforeTheControlPlaneIsUp) {
  char name[] = "/tmp/slipway-gateway-XXXXXX";
  const std::filesystem::path dir = ::mkdtemp(name);
  boost::asio::thread_pool pool(1);
  base::SystemClock clock;
  LinkedStreams links;
  links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    Gateway gateway(links.io.get_executor(), pool, clock,
                    {.kubeconfig = dir / "admin.conf", .intents_dir = dir / "intents"});
    gateway.acts_while([] { return true; });
    std::vector<wire::IntentOutcome> told;
    gateway.on_outcome([&](const auto& outcome) { told.push_back(outcome); });
    EXPECT_TRUE(gateway.start());
    wire::Intent bad;
    bad.set_id("bad");
    bad.mutable_apply()->set_yaml("a: [");
    gateway.take(bad);
    while (told.empty()) co_await boost::asio::post(boost::asio::use_awaitable);
    EXPECT_FALSE(told[0].ok());
    EXPECT_EQ(gateway.outcomes().size(), 1U);

    wire::StreamOpen open;
    open.mutable_http()->set_target(wire::HttpOpen::KUBE_API);
    open.mutable_http()->set_method("GET");
    open.mutable_http()->set_path("/version");
    auto pair = co_await own.open(open);
    scope.spawn("serve", gateway.serve(open.http(), std::exchange(pair.agent, nullptr)));
    pair.controller->finish();
    auto text = co_await LinkedStreams::read_all(pair.controller);
    EXPECT_EQ(text.notes.at(0).head().status(), 503U);
    co_await gateway.stop();
  });
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace slipway::kube
