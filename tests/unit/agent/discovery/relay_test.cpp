// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "agent/discovery/loopback_relay.hpp"
#include "protocol/net/http_client.hpp"
#include "tests/fakes/linked_streams.hpp"

namespace slipway::discovery {
namespace {

using fakes::LinkedStreams;

wire::StreamNote head(unsigned status) {
  wire::StreamNote note;
  note.mutable_head()->set_status(status);
  auto& header = *note.mutable_head()->add_headers();
  header.set_name("X-Etcd-Index");
  header.set_value("7");
  return note;
}

/// A relay whose streams are real ones; `ends` are those at the controller, in order.
struct RelayTest : testing::Test {
  base::Result<link::StreamPtr> open(wire::StreamOpen what) {
    if (!next) return base::fail(base::ErrorCode::kUnavailable, "no link to the controller");
    opened.push_back(what);
    return std::exchange(next, nullptr);
  }
  net::HttpClient client(unsigned short port) {
    net::HttpClientOptions options;
    options.endpoint = {"127.0.0.1", port};
    return {links.io.get_executor(), std::move(options)};
  }

  LinkedStreams links;
  link::StreamPtr next;  // what the relay's next stream will be
  std::vector<wire::StreamOpen> opened;
  LoopbackRelay relay{links.io.get_executor(),
                      [this](wire::StreamOpen what) { return open(std::move(what)); },
                      {.port = 0, .link_patience = {}}};
};

TEST_F(RelayTest, ARequestBecomesAStreamAndItsAnswerAResponse) {
  links.run([this](LinkedStreams& all, base::TaskScope& scope) -> base::Task<> {
    EXPECT_TRUE(relay.start().has_value());
    auto pair = co_await all.open_from_agent({});
    next = pair.agent;
    scope.spawn("controller", [](link::StreamPtr stream) -> base::Task<> {
      const auto asked = co_await LinkedStreams::read_all(stream);
      EXPECT_EQ(asked.bytes, "value=e1%3Dhttps");
      (void)co_await stream->write(head(201));
      (void)co_await stream->write(std::string("{\"action\":\"create\"}"));
      stream->finish();
    }(pair.controller));
    auto etcd = client(relay.port());
    net::HttpRequest request;
    request.method = "PUT";
    request.target = "/token/abc?prevExist=false";
    request.body = "value=e1%3Dhttps";
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    auto response = co_await etcd.fetch(std::move(request));
    EXPECT_TRUE(response.has_value()) << response.error().message;
    if (response) {
      EXPECT_EQ(response->status, 201);
      EXPECT_EQ(response->headers.get("X-Etcd-Index"), "7");
      EXPECT_EQ(response->text(), "{\"action\":\"create\"}");
    }
    EXPECT_EQ(opened.size(), 1U);
    EXPECT_EQ(opened[0].http().target(), wire::HttpOpen::ETCD_DISCOVERY);
    EXPECT_EQ(opened[0].http().method(), "PUT");
    EXPECT_EQ(opened[0].http().path(), "/token/abc?prevExist=false");
    co_await relay.stop();
  });
}

TEST_F(RelayTest, ALongPollThatLosesItsStreamIsAskedAgain) {
  links.run([this](LinkedStreams& all, base::TaskScope& scope) -> base::Task<> {
    EXPECT_TRUE(relay.start().has_value());
    auto first = co_await all.open_from_agent({});
    auto second = co_await all.open_from_agent({});
    next = first.agent;
    scope.spawn(
        "controller",
        [](RelayTest& test, LinkedStreams::Pair one, LinkedStreams::Pair two) -> base::Task<> {
          (void)co_await LinkedStreams::read_all(one.controller);
          (void)co_await one.controller->write(head(200));
          test.next = two.agent;
          one.controller->reset({base::ErrorCode::kUnavailable, "the link broke", {}});
          (void)co_await LinkedStreams::read_all(two.controller);
          (void)co_await two.controller->write(head(200));
          (void)co_await two.controller->write(std::string("a peer"));
          two.controller->finish();
        }(*this, first, second));
    auto etcd = client(relay.port());
    net::HttpRequest request;
    request.target = "/token?recursive=true&wait=true&waitIndex=8";
    auto response = co_await etcd.fetch(std::move(request));
    EXPECT_TRUE(response.has_value());
    if (response) EXPECT_EQ(response->text(), "a peer");
    EXPECT_EQ(opened.size(), 2U);
    co_await relay.stop();
  });
}

TEST_F(RelayTest, WithoutALinkTheAnswerIs503) {
  links.run([this](LinkedStreams&, base::TaskScope&) -> base::Task<> {
    EXPECT_TRUE(relay.start().has_value());
    auto etcd = client(relay.port());
    net::HttpRequest request;
    request.target = "/token";
    auto response = co_await etcd.fetch(std::move(request));
    EXPECT_TRUE(response.has_value());
    if (response) EXPECT_EQ(response->status, 503);
    co_await relay.stop();
  });
}

}  // namespace
}  // namespace slipway::discovery
