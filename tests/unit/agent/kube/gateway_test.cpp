// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/gateway.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "protocol/base/wakeup.hpp"
#include "tests/fakes/linked_streams.hpp"
#include "tests/fakes/tls_kube_api.hpp"

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

/// A followed log says nothing until its pod does; another silent answer is one that does not come.
TEST(Gateway, AQuietFollowedLogOutlivesTheLimitOfOtherAnswers) {
  char name[] = "/tmp/slipway-gateway-XXXXXX";
  const std::filesystem::path dir = ::mkdtemp(name);
  boost::asio::thread_pool pool(1);
  base::SystemClock clock;
  LinkedStreams links;
  links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    bool said = false;
    base::Wakeup news(links.io.get_executor());
    fakes::TlsKubeApi api(links.io.get_executor(), dir / "admin.conf",
                          [&](net::HttpRequest) -> Task<net::HttpResponse> {
                            while (!said) co_await news.wait();
                            net::HttpResponse response;
                            response.body = std::string("a line\n");
                            co_return response;
                          });
    Gateway gateway(links.io.get_executor(), pool, clock,
                    {.kubeconfig = dir / "admin.conf",
                     .intents_dir = dir / "intents",
                     .answer_limit = std::chrono::milliseconds(200)});
    const auto ask = [&](const char* path, bool may_stay_silent) -> Task<link::StreamPtr> {
      wire::StreamOpen open;
      open.mutable_http()->set_target(wire::HttpOpen::KUBE_API);
      open.mutable_http()->set_method("GET");
      open.mutable_http()->set_path(path);
      open.mutable_http()->set_may_stay_silent(may_stay_silent);
      auto pair = co_await own.open(open);
      scope.spawn("serve", gateway.serve(open.http(), std::exchange(pair.agent, nullptr)));
      pair.controller->finish();
      co_return pair.controller;
    };
    auto log = co_await ask("/api/v1/namespaces/a/pods/p/log?follow=true", true);
    for (int i = 0; i < 2; ++i) {  // after the second, the log has waited for longer than one limit
      const auto pod = co_await ask("/api/v1/namespaces/a/pods/p", false);
      const auto refused = co_await LinkedStreams::read_all(pod);
      EXPECT_EQ(refused.notes.at(0).head().status(), 504U);
    }
    said = true;
    news.notify();
    const auto text = co_await LinkedStreams::read_all(log);
    EXPECT_EQ(text.notes.at(0).head().status(), 200U);
    EXPECT_EQ(text.bytes, "a line\n");
    co_await gateway.stop();
    co_await api.stop();
  });
  std::filesystem::remove_all(dir);
}

TEST(Gateway, RefusesIntentsWhileItCannotKeepThemAndTakesThemOnceItCan) {
  char name[] = "/tmp/slipway-gateway-XXXXXX";
  const std::filesystem::path dir = ::mkdtemp(name);
  std::ofstream(dir / "intents") << "a file, where the directory shall be";
  boost::asio::thread_pool pool(1);
  base::SystemClock clock;
  LinkedStreams links;
  links.run([&](LinkedStreams&, base::TaskScope&) -> Task<> {
    Gateway gateway(links.io.get_executor(), pool, clock,
                    {.kubeconfig = dir / "admin.conf", .intents_dir = dir / "intents"});
    gateway.acts_while([] { return true; });
    std::vector<wire::IntentOutcome> told;
    gateway.on_outcome([&](const auto& outcome) { told.push_back(outcome); });
    EXPECT_FALSE(gateway.start());
    wire::Intent intent;
    intent.set_id("first");
    intent.mutable_apply()->set_yaml("a: [");
    gateway.take(intent);
    EXPECT_EQ(told.size(), 1U) << "an intent is swallowed";
    if (told.empty()) co_return;
    EXPECT_EQ(told[0].intent_id(), "first");
    EXPECT_FALSE(told[0].ok());
    EXPECT_EQ(told[0].http_status(), 503U);
    EXPECT_NE(told[0].message().find("nothing was done"), std::string::npos);

    std::filesystem::remove(dir / "intents");
    intent.set_id("second");
    gateway.take(intent);
    while (told.size() < 2) co_await boost::asio::post(boost::asio::use_awaitable);
    EXPECT_EQ(told[1].intent_id(), "second");
    EXPECT_EQ(told[1].http_status(), 400U) << "judged for what it says";
    EXPECT_EQ(gateway.outcomes().size(), 1U);
    co_await gateway.stop();
  });
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace slipway::kube
