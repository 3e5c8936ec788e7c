// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "agent/discovery/loopback_relay.hpp"
#include "agent/discovery/relayed_body.hpp"
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
  links.run([](LinkedStreams& all, base::TaskScope&) -> base::Task<> {
    auto first = co_await all.open_from_agent({});
    auto second = co_await all.open_from_agent({});
    Relayed lost;
    lost.head.set_status(200);
    lost.stream = first.agent;
    int asked = 0;
    RelayedBody body(std::move(lost), [&]() -> base::Task<base::Result<Relayed>> {
      ++asked;
      Relayed answer;
      answer.head.set_status(200);
      answer.stream = second.agent;
      co_return answer;
    });
    first.controller->reset({base::ErrorCode::kUnavailable, "the link broke", {}});
    (void)co_await second.controller->write(std::string("a peer"));
    auto piece = co_await body.next();
    EXPECT_TRUE(piece.has_value() && piece->has_value());
    if (piece && *piece) EXPECT_EQ(**piece, "a peer");
    EXPECT_EQ(asked, 1);
    // once a byte is out, etcd must see the break
    second.controller->reset({base::ErrorCode::kUnavailable, "the link broke again", {}});
    EXPECT_FALSE((co_await body.next()).has_value());
    EXPECT_EQ(asked, 1);
  });
}

TEST_F(RelayTest, APlainAnswerThatIsCutOffIsAnError) {
  links.run([](LinkedStreams& all, base::TaskScope&) -> base::Task<> {
    auto pair = co_await all.open_from_agent({});
    Relayed answer;
    answer.stream = pair.agent;
    RelayedBody body(std::move(answer), nullptr);
    pair.controller->reset({base::ErrorCode::kUnavailable, "the link broke", {}});
    EXPECT_FALSE((co_await body.next()).has_value());
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
