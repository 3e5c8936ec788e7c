// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

constexpr char kSilence = '\x1f';  // a script's end: nothing comes until the client gives up

/// A peer that plays back bytes: one script per connection, in order.
class ScriptedServer {
 public:
  ScriptedServer(asio::any_io_executor executor, std::vector<std::string> scripts)
      : acceptor_(executor, {asio::ip::make_address("127.0.0.1"), 0}), scope_(executor) {
    scope_.spawn("scripted server", serve(std::move(scripts)));
  }
  HttpClientOptions options() {
    return {.endpoint = {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port()},
            .response_timeout = 1s};
  }
  Task<> stop() { return scope_.join(); }
  std::vector<std::string> heads;  ///< what each connection sent first

 private:
  Task<> serve(std::vector<std::string> scripts) {
    for (std::string& script : scripts) {
      auto [error, socket] = co_await acceptor_.async_accept(kUse);
      std::string head;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", kUse);
      heads.push_back(head);
      const bool silent = script.ends_with(kSilence);
      if (silent) script.pop_back();
      co_await asio::async_write(socket, asio::buffer(script), kUse);
      if (silent) {
        co_await asio::async_read(socket, asio::dynamic_buffer(head), asio::transfer_all(), kUse);
      }
    }
  }

  asio::ip::tcp::acceptor acceptor_;
  base::TaskScope scope_;
};

template <class Check>
void against(std::vector<std::string> scripts, Check check) {
  run([&](asio::any_io_executor executor) -> Task<> {
    ScriptedServer server(executor, scripts);
    HttpClient client(executor, server.options());
    co_await check(client, server);
    co_await server.stop();
  });
}

TEST(HttpClient, ReadsLengthsChunksAndBodiesToTheEnd) {
  against({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: "
           "close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
           "HTTP/1.0 200 OK\r\n\r\nto the end",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: "
           "0\r\nConnection: close\r\n\r\n"},
          [](HttpClient& client, ScriptedServer&) -> Task<> {
            EXPECT_EQ((co_await client.fetch({}))->text(), "ok");
            EXPECT_EQ((co_await client.fetch({}))->text(), "abc");
            EXPECT_EQ((co_await client.fetch({}))->text(), "to the end");
            EXPECT_EQ((co_await client.fetch({}))->status, 201);
          });
}

TEST(HttpClient, BrokenAnswersAreErrorsNotCrashes) {
  against({"nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
           "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx", "HTTP/1.1 20"},
          [](HttpClient& client, ScriptedServer&) -> Task<> {
            for (int i = 0; i < 6; ++i) {
              auto response = co_await client.fetch({.method = "POST"});
              EXPECT_FALSE(response) << i;
            }
          });
}

TEST(HttpClient, SilenceIsATimeout) {
  against({std::string(1, kSilence)}, [](HttpClient& client, ScriptedServer&) -> Task<> {
    auto response = co_await client.fetch({});
    EXPECT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout);
  });
}

TEST(HttpClient, ABodyThatStopsIsATimeout) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
  against({half + kSilence}, [](HttpClient& client, ScriptedServer&) -> Task<> {
    const auto response = co_await client.fetch({});
    EXPECT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout);
    EXPECT_TRUE(response.error().message.contains("the answer's body")) << response.error().message;
  });
}

TEST(HttpClient, AnswersOverTheLimitAreRefused) {
  against({"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'a')},
          [](HttpClient& client, ScriptedServer&) -> Task<> {
            auto response = co_await client.fetch({}, 1000);
            EXPECT_FALSE(response);
            EXPECT_EQ(response.error().code, ErrorCode::kExhausted);
          });
}

TEST(HttpClient, NothingListensIsUnavailable) {
  run([](asio::any_io_executor executor) -> Task<> {
    unsigned short port = 0;
    {
      asio::ip::tcp::acceptor gone(executor, {asio::ip::make_address("127.0.0.1"), 0});
      port = gone.local_endpoint().port();
    }
    HttpClient client(executor, {.endpoint = {.host = "127.0.0.1", .port = port}});
    auto response = co_await client.fetch({});
    EXPECT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
  });
}

TEST(HttpClient, UnfitRequestsAreNotSent) {
  against({}, [](HttpClient& client, ScriptedServer&) -> Task<> {
    const auto field = [&](HttpRequest request) -> Task<std::string> {
      auto response = co_await client.fetch(std::move(request));
      co_return response ? "sent" : response.error().field;
    };
    EXPECT_EQ(co_await field({.method = "GET /"}), "method");
    EXPECT_EQ(co_await field({.target = "/a b"}), "target");
    EXPECT_EQ(co_await field({.target = "/a\r\nX: y"}), "target");
    EXPECT_EQ(co_await field({.target = ""}), "target");
    EXPECT_EQ(co_await field({.headers = {{"X", "a\r\nY: b"}}}), "headers");
    EXPECT_EQ(co_await field({.headers = {{"X:", "a"}}}), "headers");
  });
}

TEST(HttpClient, AKeptConnectionIsUsedAgainAndReplacedWhenStale) {
  run([](asio::any_io_executor executor) -> Task<> {
    int served = 0;
    const auto handler = [&](HttpRequest) -> Task<HttpResponse> {
      ++served;
      co_return HttpResponse{};
    };
    auto server = std::make_unique<HttpServer>(executor, HttpServerOptions{}, handler, nullptr);
    EXPECT_TRUE(server->start());
    const unsigned short port = server->port();
    HttpClient client(executor, to(*server));
    EXPECT_TRUE(co_await client.fetch({}));
    EXPECT_TRUE(co_await client.fetch({}));
    co_await server->stop(0ms);
    HttpServerOptions again;
    again.port = port;
    server = std::make_unique<HttpServer>(executor, again, handler, nullptr);
    EXPECT_TRUE(server->start());
    EXPECT_TRUE(co_await client.fetch({.method = "POST", .body = "x"}));
    EXPECT_EQ(served, 3);
    co_await server->stop(0ms);
  });
}

TEST(HttpClient, ManyRequestsAtOnceAndLargeBodies) {
  run([](asio::any_io_executor executor) -> Task<> {
    const auto handler = [](HttpRequest request) -> Task<HttpResponse> {
      HttpResponse response;
      response.body = std::make_unique<Pieces>(
          std::vector<std::string>{request.body, std::string(300'000, 'z')});
      co_return response;
    };
    HttpServer server(executor, {}, handler, nullptr);
    EXPECT_TRUE(server.start());
    HttpClient client(executor, to(server));
    base::TaskScope scope(executor);
    int good = 0;
    for (int i = 0; i < 20; ++i) {
      scope.spawn("request", [](HttpClient* own, int* count) -> Task<> {
        const std::string body(1'000'000, 'b');
        auto response = co_await own->fetch({.method = "PUT", .body = body});
        if (response && response->text() == body + std::string(300'000, 'z')) ++*count;
      }(&client, &good));
    }
    while (scope.running() > 0) co_await asio::post(executor, asio::use_awaitable);
    EXPECT_EQ(good, 20);
    co_await scope.join();
    co_await server.stop(0ms);
  });
}

}  // namespace
}  // namespace slipway::net
