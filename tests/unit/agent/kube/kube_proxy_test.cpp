// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kube_proxy.hpp"

#include <gmock/gmock.h>

#include "tests/fakes/byte_pipe.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/linked_streams.hpp"

namespace slipway::kube {
namespace {

using base::ErrorCode;
using base::Task;
using fakes::FedBody;
using fakes::LinkedStreams;
using testing::HasSubstr;

class Proxy : public testing::Test {
 protected:
  static wire::StreamOpen http_open(const std::string& method, const std::string& path) {
    wire::StreamOpen open;
    open.mutable_http()->set_target(wire::HttpOpen::KUBE_API);
    open.mutable_http()->set_method(method);
    open.mutable_http()->set_path(path);
    return open;
  }
  static void add(wire::StreamOpen& open, const std::string& name, const std::string& value) {
    auto& header = *open.mutable_http()->add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  using Talk = std::function<Task<>(link::StreamPtr)>;
  LinkedStreams::Text ask(const wire::StreamOpen& open, Talk talk) {
    LinkedStreams::Text text;
    links_.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
      auto pair = co_await own.open(open);
      bool ended = false;
      auto serving = [](KubeApi& api, wire::HttpOpen what, link::StreamPtr stream,
                        bool& over) -> Task<> {
        co_await proxy(api, std::move(what), std::move(stream));
        over = true;
      };
      scope.spawn("proxy", serving(api_, open.http(), std::exchange(pair.agent, nullptr), ended));
      co_await talk(pair.controller);
      text = co_await LinkedStreams::read_all(pair.controller);
      while (!ended) co_await boost::asio::post(boost::asio::use_awaitable);
    });
    return text;
  }
  static Task<> only_finish(link::StreamPtr stream) {
    stream->finish();
    co_return;
  }

  LinkedStreams links_;
  fakes::FakeKubeApi api_;
};

TEST_F(Proxy, CarriesRequestAndAnswer) {
  api_.on("POST /api/v1/namespaces?x=y", 201, "made");
  auto open = http_open("POST", "/api/v1/namespaces?x=y");
  add(open, "Impersonate-User", "slipway:u1");
  add(open, "Accept", "application/json");
  auto text = ask(open, [](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string(100'000, 'b'));
    stream->finish();
  });
  EXPECT_EQ(text.bytes, "made");
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].head().status(), 201U);
  EXPECT_EQ(api_.requests[0].body.size(), 100'000U);
  EXPECT_EQ(api_.requests[0].headers.get("Impersonate-User"), "slipway:u1");
}

TEST_F(Proxy, DropsTheHeadersOfTheConnection) {
  auto open = http_open("GET", "/api");
  for (const auto* name : {"Connection", "connection", "Upgrade", "TE", "Keep-Alive", "Host",
                           "Transfer-Encoding", "Content-Length", "Proxy-Authorization"}) {
    add(open, name, "x-secret , Upgrade");
  }
  add(open, "X-Secret", "1");
  add(open, "X-Other", "2");
  auto request = request_of(open.http(), "");
  ASSERT_TRUE(request);
  ASSERT_EQ(request->headers.all().size(), 1U);
  EXPECT_EQ(request->headers.get("x-other"), "2");
  net::HttpResponse response;
  response.headers.add("Transfer-Encoding", "chunked");
  response.headers.add("Content-Type", "text/plain");
  ASSERT_EQ(head_of(response).head().headers_size(), 1);
}

TEST_F(Proxy, RefusesWhatIsNoRequest) {
  auto field = [](const wire::StreamOpen& open) {
    auto request = request_of(open.http(), "");
    return request ? std::string("none") : request.error().field;
  };
  EXPECT_EQ(field(http_open("get", "/x")), "method");
  EXPECT_EQ(field(http_open("G T", "/x")), "method");
  EXPECT_EQ(field(http_open("GET", "x")), "path");
  EXPECT_EQ(field(http_open("GET", "/x y")), "path");
  EXPECT_EQ(field(http_open("GET", "/x\r\nA: b")), "path");
  auto open = http_open("GET", "/x");
  add(open, "A", "b\r\nC: d");
  EXPECT_EQ(field(open), "headers");
  open = http_open("GET", "/x");
  add(open, "A: b", "c");
  EXPECT_EQ(field(open), "headers");
  open = http_open("GET", "/x");
  open.mutable_http()->set_target(wire::HttpOpen::ETCD_DISCOVERY);
  EXPECT_EQ(field(open), "target");
}

TEST_F(Proxy, StreamsAWatchAndDropsItWithItsListener) {
  auto body = std::make_shared<FedBody>(links_.io.get_executor());
  api_.on("GET /watch", body);
  ask(http_open("GET", "/watch"), [&](link::StreamPtr stream) -> Task<> {
    stream->finish();
    body->feed("one\n");
    co_await LinkedStreams::read_until(stream, "one\n");
    body->feed("two\n");
    co_await LinkedStreams::read_until(stream, "two\n");
    EXPECT_FALSE(body->dropped);
    stream->reset({ErrorCode::kUnavailable, "gone", {}});
  });
  EXPECT_TRUE(body->dropped);
}

TEST_F(Proxy, AnswersWhenTheApiServerIsOutOfReach) {
  api_.reachable = false;
  auto text = ask(http_open("GET", "/api"), only_finish);
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].head().status(), 503U);
  EXPECT_THAT(text.bytes, HasSubstr("\"kind\":\"Status\""));
}

wire::StreamOpen exec_open(const std::string& upgrade) {
  wire::StreamOpen open;
  open.mutable_http()->set_target(wire::HttpOpen::KUBE_API);
  open.mutable_http()->set_method("POST");
  open.mutable_http()->set_path("/api/v1/namespaces/a/pods/b/exec?command=cat");
  open.mutable_http()->set_upgrade(upgrade);
  return open;
}

TEST_F(Proxy, AnAgreedUpgradeBecomesTheConnectionsBytes) {
  fakes::BytePipe pipe(links_.io.get_executor());
  api_.upgrades.push_back(std::move(pipe.far));
  auto open = exec_open("SPDY/3.1");
  add(open, "Impersonate-User", "slipway:u1");
  add(open, "Upgrade", "h2c");
  auto text = ask(open, [&](link::StreamPtr stream) -> Task<> {
    auto head = co_await stream->read();
    EXPECT_TRUE(head && *head && (*head)->note) << "no head";
    EXPECT_EQ((*head)->note->head().status(), 101U);
    EXPECT_THAT((*head)->note->DebugString(), HasSubstr("X-Stream-Protocol-Version"));
    EXPECT_TRUE(co_await stream->write("to the server"));
    EXPECT_EQ(*co_await pipe.near->read(), "to the server");
    stream->finish();
    EXPECT_EQ(*co_await pipe.near->read(), "");
    EXPECT_TRUE(co_await pipe.near->write("and back"));
    EXPECT_TRUE(co_await pipe.near->finish());
  });
  EXPECT_EQ(text.bytes, "and back");
  EXPECT_EQ(api_.asked_upgrade, "SPDY/3.1");
  ASSERT_EQ(api_.requests.size(), 1U);
  EXPECT_EQ(api_.requests[0].headers.get("Impersonate-User"), "slipway:u1");
  EXPECT_FALSE(api_.requests[0].headers.has("Upgrade"));
}

TEST_F(Proxy, ARefusedUpgradeIsAnAnswerWithItsBody) {
  api_.on("POST /api/v1/namespaces/a/pods/b/exec", 403, "no rights");
  auto text = ask(exec_open("websocket"), [](link::StreamPtr) -> Task<> { co_return; });
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].head().status(), 403U);
  EXPECT_EQ(text.bytes, "no rights");
}

TEST_F(Proxy, AnUnknownUpgradeIsRefusedBeforeTheServerIsAsked) {
  auto text = ask(exec_open("h2c"), [](link::StreamPtr) -> Task<> { co_return; });
  ASSERT_TRUE(text.failure);
  EXPECT_EQ(text.failure->code, ErrorCode::kInvalid);
  EXPECT_TRUE(api_.requests.empty());
}

TEST_F(Proxy, AListenerThatGoesAwayEndsTheServersConnection) {
  fakes::BytePipe pipe(links_.io.get_executor());
  api_.upgrades.push_back(std::move(pipe.far));
  ask(exec_open("SPDY/3.1"), [&](link::StreamPtr stream) -> Task<> {
    (void)co_await stream->read();
    stream->reset({ErrorCode::kUnavailable, "gone", {}});
    EXPECT_FALSE(co_await pipe.near->read());
  });
}

TEST_F(Proxy, BoundsTheBody) {
  auto text = ask(http_open("POST", "/api"), [](link::StreamPtr stream) -> Task<> {
    for (int i = 0; i < 9; ++i) {
      if (auto written = co_await stream->write(std::string(1 << 20, 'x')); !written) break;
    }
  });
  ASSERT_FALSE(text.notes.empty());
  EXPECT_EQ(text.notes[0].head().status(), 413U);
  EXPECT_TRUE(api_.requests.empty());
}

}  // namespace
}  // namespace slipway::kube
