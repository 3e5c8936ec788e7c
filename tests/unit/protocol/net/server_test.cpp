// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <fstream>

#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

HttpServer::Handler echo() {
  return [](HttpRequest request) -> Task<HttpResponse> {
    HttpResponse response;
    response.headers.set("X-Peer", request.peer.address);
    response.body = request.method + " " + request.target + " " + request.body;
    co_return response;
  };
}

/// Starts a server, gives `body` its port, stops it.
template <class Body>
void with_server(HttpServerOptions options, HttpServer::Handler handler, Body body) {
  run([&](asio::any_io_executor executor) -> Task<> {
    HttpServer server(executor, options, handler, nullptr);
    auto started = server.start();
    EXPECT_TRUE(started) << started.error().message;
    co_await body(server);
    co_await server.stop(100ms);
  });
}

std::string status_of(const std::string& answer) {
  return answer.substr(9, 3);
}

TEST(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  with_server({}, echo(), [](HttpServer& server) -> Task<> {
    const std::string answer = co_await raw(
        server.port(),
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: "
        "2\r\n\r\nhi"
        "POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nyou\r\n0\r\n\r\n");
    EXPECT_NE(answer.find("GET /a "), std::string::npos);
    EXPECT_NE(answer.find("POST /b hi"), std::string::npos);
    EXPECT_NE(answer.find("POST /c you"), std::string::npos);
    EXPECT_NE(answer.find("X-Peer: 127.0.0.1"), std::string::npos);
  });
}

TEST(HttpServer, RefusesWhatIsMalformedOrTooLong) {
  HttpServerOptions options;
  options.max_body_bytes = 100;
  options.max_header_bytes = 500;
  with_server(options, echo(), [](HttpServer& server) -> Task<> {
    const auto status = [&](std::string request) -> Task<std::string> {
      co_return status_of(co_await raw(server.port(), std::move(request)));
    };
    const std::string host = "Host: x\r\n";
    EXPECT_EQ(co_await status("nonsense\r\n\r\n"), "400");
    EXPECT_EQ(co_await status("GET / HTTP/9.9\r\n" + host + "\r\n"), "400");
    EXPECT_EQ(co_await status("GET / HTTP/1.1\r\n\r\n"), "400");
    EXPECT_EQ(co_await status("GET / HTTP/1.1\r\n" + host + host + "\r\n"), "400");
    EXPECT_EQ(co_await status("GET / HTTP/1.1\r\nbad header\r\n\r\n"), "400");
    EXPECT_EQ(co_await status(std::string("GET /\0 HTTP/1.1\r\n", 17) + host + "\r\n"), "400");
    EXPECT_EQ(co_await status("POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n"), "400");
    EXPECT_EQ(co_await status("POST / HTTP/1.1\r\n" + host +
                              "Content-Length: 1\r\nContent-Length: 2\r\n\r\na"),
              "400");
    EXPECT_EQ(co_await status("POST / HTTP/1.1\r\n" + host +
                              "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na"),
              "400");
    EXPECT_EQ(
        co_await status("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "400");
    EXPECT_EQ(co_await status("POST / HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n" +
                              std::string(101, 'a')),
              "413");
    EXPECT_EQ(
        co_await status("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nff\r\n" +
                        std::string(255, 'a') + "\r\n0\r\n\r\n"),
        "413");
    EXPECT_EQ(co_await status("POST / HTTP/1.1\r\n" + host +
                              "Content-Length: 18446744073709551615\r\n\r\n"),
              "413");
    EXPECT_EQ(
        co_await status("GET / HTTP/1.1\r\n" + host + "X: " + std::string(600, 'a') + "\r\n\r\n"),
        "431");
    EXPECT_EQ(co_await status("GET /" + std::string(600, 'a')), "431");
  });
}

TEST(HttpServer, RefusesInTheWordsOfItsOwner) {
  HttpServerOptions options;
  options.refusal = [](int status, const std::string& why) {
    HttpResponse response{.status = status};
    response.body = "no: " + why;
    return response;
  };
  with_server(options, echo(), [](HttpServer& server) -> Task<> {
    const auto answer = co_await raw(server.port(), "bad\r\n\r\n");
    EXPECT_EQ(status_of(answer), "400");
    EXPECT_NE(answer.find("no: malformed request"), std::string::npos) << answer;
  });
}

TEST(HttpServer, ARequestThatDoesNotComeIsTimedOut) {
  HttpServerOptions options;
  options.read_timeout = 1s;
  with_server(options, echo(), [](HttpServer& server) -> Task<> {
    EXPECT_EQ(status_of(co_await raw(server.port(), "GET / HTTP/1.1\r\nHos")), "408");
    EXPECT_EQ(co_await raw(server.port(), ""), "");
  });
}

TEST(HttpServer, AThrowingHandlerIsA500AndTheNextRequestIsServed) {
  const auto handler = [](HttpRequest request) -> Task<HttpResponse> {
    if (request.target == "/bug") throw std::runtime_error("a bug");
    co_return HttpResponse{};
  };
  with_server({}, handler, [](HttpServer& server) -> Task<> {
    const std::string answer =
        co_await raw(server.port(),
                     "GET /bug HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: "
                     "x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(answer), "500");
    EXPECT_NE(answer.find("HTTP/1.1 200 OK"), std::string::npos);
    EXPECT_EQ(answer.find("a bug"), std::string::npos);
  });
}

TEST(HttpServer, HeadersCannotSplitAnAnswer) {
  const auto handler = [](HttpRequest) -> Task<HttpResponse> {
    HttpResponse response;
    response.headers.add("X-Evil", "a\r\nSet-Cookie: b");
    response.headers.add("X-Good", "yes");
    co_return response;
  };
  with_server({}, handler, [](HttpServer& server) -> Task<> {
    const std::string answer =
        co_await raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
    EXPECT_NE(answer.find("X-Good: yes"), std::string::npos);
  });
}

TEST(HttpServer, HeadAndNoContentHaveNoBody) {
  const auto handler = [](HttpRequest request) -> Task<HttpResponse> {
    HttpResponse response{.status = request.target == "/empty" ? 204 : 200};
    if (response.status == 200) response.body = "body";
    co_return response;
  };
  with_server({}, handler, [](HttpServer& server) -> Task<> {
    const std::string head =
        co_await raw(server.port(), "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 4"), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
    const std::string empty =
        co_await raw(server.port(), "GET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(empty.find("Content-Length"), std::string::npos);
  });
}

TEST(HttpServer, BodiesStreamInChunksOrToTheEndForOldClients) {
  const auto handler = [](HttpRequest) -> Task<HttpResponse> {
    HttpResponse response;
    response.body = std::make_unique<Pieces>(std::vector<std::string>{"one,", "two"});
    co_return response;
  };
  with_server({}, handler, [](HttpServer& server) -> Task<> {
    const std::string chunked =
        co_await raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(chunked.ends_with("4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n")) << chunked;
    const std::string plain = co_await raw(server.port(), "GET / HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(plain.ends_with("\r\n\r\none,two")) << plain;
  });
}

TEST(HttpServer, AHeadOfABodyThatStreamsTellsNoLengthAndDropsIt) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto gate = std::make_shared<Signal>(executor);  // never opened
    auto dropped = std::make_shared<Signal>(executor);
    const auto handler = [=](HttpRequest request) -> Task<HttpResponse> {
      HttpResponse response;
      response.body = "the next";
      if (request.method == "HEAD") {
        response.body =
            std::make_unique<Pieces>(std::vector<std::string>{"first", "never"}, gate, dropped);
      }
      co_return response;
    };
    HttpServer server(executor, {}, handler, nullptr);
    EXPECT_TRUE(server.start());
    const std::string answer =
        co_await raw(server.port(),
                     "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
                     "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(dropped->is_set());
    const auto end = answer.find("\r\n\r\n") + 4;
    EXPECT_EQ(answer.substr(0, end).find("Content-Length"), std::string::npos) << answer;
    EXPECT_TRUE(answer.substr(end).starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_TRUE(answer.ends_with("the next")) << answer;
    co_await server.stop(0ms);
  });
}

/// All of a body is here, or all that came before it broke. Others have turns in between, so that a
/// client would see what was written too early.
class Here : public BodySource {
 public:
  explicit Here(bool breaks) : breaks_(breaks) {}
  Task<Result<std::optional<std::string>>> next() override {
    for (int turn = 0; turn < 100; ++turn) co_await asio::post(asio::use_awaitable);
    if (at_ < 2) co_return at_++ == 0 ? "one," : "two";
    if (breaks_) co_return base::fail(base::ErrorCode::kUnavailable, "broke");
    co_return std::nullopt;
  }
  bool waits() const override { return false; }

 private:
  bool breaks_;
  int at_ = 0;
};

auto answers_here(bool breaks) {
  return [breaks](HttpRequest) -> Task<HttpResponse> {
    HttpResponse response;
    response.body = std::make_unique<Here>(breaks);
    co_return response;
  };
}

TEST(HttpServer, WhatIsHereLeavesTogether) {
  with_server({}, answers_here(false), [](HttpServer& server) -> Task<> {
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), server.port()}, kUse);
    co_await asio::async_write(socket, asio::buffer("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27), kUse);
    std::string answer(4096, '\0');
    answer.resize(std::get<1>(co_await socket.async_read_some(asio::buffer(answer), kUse)));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_TRUE(answer.ends_with("4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n")) << answer;
  });
}

TEST(HttpServer, WhatCameBeforeABodyBrokeIsSent) {
  with_server({}, answers_here(true), [](HttpServer& server) -> Task<> {
    const std::string cut = co_await raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(cut.ends_with("4\r\none,\r\n3\r\ntwo\r\n")) << cut;
  });
}

TEST(HttpServer, AStreamEndsWhenItsClientGoes) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto gate = std::make_shared<Signal>(executor);  // never opened: the log that follows is silent
    auto dropped = std::make_shared<Signal>(executor);
    const auto handler = [=](HttpRequest) -> Task<HttpResponse> {
      HttpResponse response;
      response.body =
          std::make_unique<Pieces>(std::vector<std::string>{"first", "never"}, gate, dropped);
      co_return response;
    };
    HttpServer server(executor, {}, handler, nullptr);
    EXPECT_TRUE(server.start());
    {
      HttpClient client(executor, to(server));
      auto response = co_await client.send({.target = "/follow"});
      auto& source = std::get<1>(response->body);
      EXPECT_EQ(**co_await source->next(), "first");
      EXPECT_FALSE(dropped->is_set());
    }
    co_await dropped->wait();
    co_await server.stop(0ms);
  });
}

TEST(HttpServer, AReadingHandlerIsCancelledWhenItsClientGoes) {
  run([](asio::any_io_executor executor) -> Task<> {
    Signal never(executor);
    Signal begun(executor);
    Signal ended(executor);
    const auto handler = [&](HttpRequest) -> Task<HttpResponse> {
      struct Told {
        Signal& signal;
        ~Told() { signal.set(); }
      } told{ended};
      begun.set();
      co_await never.wait();
      co_return HttpResponse{};
    };
    HttpServer server(executor, {}, handler, nullptr);
    EXPECT_TRUE(server.start());
    {
      asio::ip::tcp::socket socket(executor);
      co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), server.port()}, kUse);
      co_await asio::async_write(socket, asio::buffer("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27),
                                 kUse);
      co_await begun.wait();
    }
    co_await ended.wait();
    co_await server.stop(0ms);
  });
}

TEST(HttpServer, ConnectionsBeyondTheCapAreClosed) {
  HttpServerOptions options;
  options.max_connections = 1;
  with_server(options, echo(), [](HttpServer& server) -> Task<> {
    HttpClient first(co_await asio::this_coro::executor, to(server));
    EXPECT_TRUE(co_await first.fetch({.target = "/"}));  // its connection is kept
    EXPECT_EQ(co_await raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "");
  });
}

TEST(HttpServer, StopLetsARunningRequestEndThenCutsTheRest) {
  run([](asio::any_io_executor executor) -> Task<> {
    Signal begun(executor);
    Signal gate(executor);
    const auto handler = [&](HttpRequest request) -> Task<HttpResponse> {
      begun.set();
      co_await gate.wait();
      co_return HttpResponse{.body = request.target};
    };
    HttpServer server(executor, {}, handler, nullptr);
    EXPECT_TRUE(server.start());
    base::TaskScope scope(executor);
    std::string answer;
    scope.spawn("client", [](unsigned short port, std::string* into) -> Task<> {
      *into = co_await raw(port, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    }(server.port(), &answer));
    co_await begun.wait();
    scope.spawn("stop",
                [](HttpServer* stopped) -> Task<> { co_await stopped->stop(10s); }(&server));
    gate.set();
    while (scope.running() > 0) co_await asio::post(executor, asio::use_awaitable);
    EXPECT_TRUE(answer.ends_with("/slow"));
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    co_await scope.join();
  });
}

TEST(HttpServer, TakesAListeningSocketOver) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&loopback), sizeof(loopback)), 0);
  ASSERT_EQ(::listen(fd, 16), 0);
  HttpServerOptions options;
  options.listening_fd = fd;
  with_server(options, echo(), [](HttpServer& server) -> Task<> {
    const std::string answer =
        co_await raw(server.port(), "GET /taken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("/taken"), std::string::npos);
  });
}

TEST(HttpServer, APortInUseIsNamed) {
  with_server({}, echo(), [](HttpServer& server) -> Task<> {
    HttpServerOptions options;
    options.port = server.port();
    HttpServer second(co_await asio::this_coro::executor, options, echo(), nullptr);
    auto started = second.start();
    EXPECT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(started.error().message,
              "port " + std::to_string(server.port()) + " on 127.0.0.1 is in use");
  });
}

}  // namespace
}  // namespace slipway::net
