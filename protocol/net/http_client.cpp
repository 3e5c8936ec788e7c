// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http_client.hpp"

#include <algorithm>

#include "protocol/base/with_timeout.hpp"
#include "protocol/net/connect.hpp"
#include "protocol/net/connection.hpp"
#include "protocol/net/http_parser.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using ConnectionPtr = std::unique_ptr<Connection>;

namespace {

constexpr int kSwitchingProtocols = 101;

bool may_repeat(const std::string& method) {
  static constexpr std::string_view kSafe[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
  return std::ranges::find(kSafe, method) != std::end(kSafe);
}

std::string head_of(const HttpRequest& request, const Endpoint& endpoint,
                    const std::string& upgrade = {}) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!request.headers.has("Host")) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    head += "Host: " + (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
            std::to_string(endpoint.port) + "\r\n";
  }
  head += header_lines(request.headers);
  if (!upgrade.empty()) head += upgrade_lines(upgrade);
  const bool has_body = request.method == "POST" || request.method == "PUT" ||
                        request.method == "PATCH" || !request.body.empty();
  if (has_body) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

/// Puts what has come into the parser, reading once if that is nothing. False at the connection's
/// end.
Task<Result<bool>> advance(Connection* connection, ResponseParser* parser) {
  if (connection->unread().empty()) {
    auto size = co_await connection->read_more();
    if (!size) co_return base::fail(size);
    if (*size == 0) co_return false;
  }
  for (;;) {
    auto taken = parser->put(connection->unread());
    if (!taken) co_return base::fail(taken);
    connection->unread().erase(0, *taken);
    if (*taken > 0) co_return true;
    auto size = co_await connection->read_more();
    if (!size) co_return base::fail(size);
    if (*size == 0) co_return false;
  }
}

/// Reads the head of the answer, past 100 Continue and the like: the answer comes after those.
Task<Result<std::unique_ptr<ResponseParser>>> read_head(Connection* connection,
                                                        std::size_t max_head_bytes, bool bodiless) {
  for (;;) {
    auto parser = std::make_unique<ResponseParser>(max_head_bytes, bodiless);
    while (!parser->head_done()) {
      auto more = co_await advance(connection, parser.get());
      if (!more) co_return base::fail(more);
      if (!*more) {
        co_return base::fail(ErrorCode::kUnavailable, "the other end closed before it answered");
      }
    }
    const int status = parser->head().status;
    if (status >= 200 || status == kSwitchingProtocols) co_return parser;
  }
}

}  // namespace

struct HttpClient::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor on, HttpClientOptions given)
      : executor(std::move(on)), options(std::move(given)) {
    if (options.tls) tls = make_client_context(*options.tls);
  }

  ConnectionPtr take_idle() {
    while (!idle.empty()) {
      ConnectionPtr kept = std::move(idle.back());
      idle.pop_back();
      if (kept->is_idle()) return kept;
    }
    return nullptr;
  }

  void give_back(ConnectionPtr connection) {
    connection->expires_never();
    if (idle.size() < options.max_idle_connections) idle.push_back(std::move(connection));
  }

  Task<Result<HttpResponse>> exchange(ConnectionPtr connection, HttpRequest request);
  Task<Result<Upgraded>> upgrade(ConnectionPtr connection, HttpRequest request,
                                 std::string protocol);
  /// An answer whose head is there; the connection is kept for another request if it `may`.
  Result<HttpResponse> take_answer(ConnectionPtr connection, std::unique_ptr<ResponseParser> parser,
                                   bool may_keep);

  asio::any_io_executor executor;
  HttpClientOptions options;
  Result<TlsContextPtr> tls = TlsContextPtr{};
  std::vector<ConnectionPtr> idle;
};

namespace {

/// The rest of an answer; gives its connection back at the end, closes it when dropped before.
template <class State>
class AnswerBody : public BodySource {
 public:
  AnswerBody(std::shared_ptr<State> state, ConnectionPtr connection,
             std::unique_ptr<ResponseParser> parser)
      : state_(std::move(state)), connection_(std::move(connection)), parser_(std::move(parser)) {}

  Task<Result<std::optional<std::string>>> next() override {
    for (;;) {
      std::string piece = parser_->take_body();
      if (!piece.empty()) co_return piece;
      if (parser_->done() || !connection_) {
        if (connection_ && parser_->keeps_alive()) state_->give_back(std::move(connection_));
        connection_.reset();
        co_return std::nullopt;
      }
      auto more = co_await advance(connection_.get(), parser_.get());
      if (!more) co_return base::fail(more);
      if (*more) continue;
      if (auto ended = parser_->put_end(); !ended) co_return base::fail(ended);
    }
  }

 private:
  std::shared_ptr<State> state_;  // shared with the client and its other bodies
  ConnectionPtr connection_;
  std::unique_ptr<ResponseParser> parser_;
};

}  // namespace

Task<Result<HttpResponse>> HttpClient::State::exchange(ConnectionPtr connection,
                                                       HttpRequest request) {
  connection->expires_after(options.response_timeout);
  const bool bodiless = request.method == "HEAD";
  auto written =
      co_await connection->write(head_of(request, options.endpoint), std::move(request.body));
  // An answer may come although not all was taken (413), so a failed write is not yet the end.
  auto parser = co_await read_head(connection.get(), options.max_head_bytes, bodiless);
  if (!parser) co_return written ? base::fail(parser) : base::fail(written);
  if ((*parser)->head().status == kSwitchingProtocols) {
    co_return base::fail(ErrorCode::kUnavailable, "the other end changes its protocol unasked");
  }
  co_return take_answer(std::move(connection), std::move(*parser), written.has_value());
}

Result<HttpResponse> HttpClient::State::take_answer(ConnectionPtr connection,
                                                    std::unique_ptr<ResponseParser> parser,
                                                    bool may_keep) {
  connection->expires_never();
  HttpResponse response = parser->head();
  while (!parser->done() && !connection->unread().empty()) {
    auto taken = parser->put(connection->unread());
    if (!taken) return base::fail(taken);
    connection->unread().erase(0, *taken);
    if (*taken == 0) break;
  }
  if (parser->done()) {
    response.body = parser->take_body();
    if (parser->keeps_alive() && may_keep) give_back(std::move(connection));
    return response;
  }
  response.body = std::make_unique<AnswerBody<State>>(shared_from_this(), std::move(connection),
                                                      std::move(parser));
  return response;
}

Task<Result<Upgraded>> HttpClient::State::upgrade(ConnectionPtr connection, HttpRequest request,
                                                  std::string protocol) {
  connection->expires_after(options.response_timeout);
  auto written = co_await connection->write(head_of(request, options.endpoint, protocol));
  if (!written) co_return base::fail(written);
  auto parser = co_await read_head(connection.get(), options.max_head_bytes, false);
  if (!parser) co_return base::fail(parser);
  Upgraded answer;
  if ((*parser)->head().status != kSwitchingProtocols) {
    auto response = take_answer(std::move(connection), std::move(*parser), false);
    if (!response) co_return base::fail(response);
    answer.response = std::move(*response);
    co_return answer;
  }
  answer.response = (*parser)->head();
  if (upgrade_of(answer.response.headers) != protocol) {
    co_return base::fail(ErrorCode::kUnavailable,
                         "the other end goes on with another protocol than " + protocol);
  }
  answer.connection = as_byte_stream(std::move(connection));
  co_return answer;
}

HttpClient::HttpClient(asio::any_io_executor executor, HttpClientOptions options)
    : state_(std::make_shared<State>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request) {
  const auto state = state_;
  if (!state->tls) co_return base::fail(state->tls);
  if (auto good = check_sendable(request); !good) co_return base::fail(good);
  if (ConnectionPtr kept = state->take_idle()) {
    if (!may_repeat(request.method)) {
      co_return co_await state->exchange(std::move(kept), std::move(request));
    }
    auto response = co_await state->exchange(std::move(kept), request);
    const bool stale = !response && response.error().code == ErrorCode::kUnavailable;
    if (!stale) co_return response;
  }
  auto connection = co_await connect(state->executor, state->options.endpoint, *state->tls,
                                     state->options.connect_timeout);
  if (!connection) co_return base::fail(connection);
  (*connection)->probe_when_idle();  // a body may be quiet for ever, its host may have gone
  co_return co_await state->exchange(std::move(*connection), std::move(request));
}

Task<Result<Upgraded>> HttpClient::upgrade(HttpRequest request, std::string protocol) {
  const auto state = state_;
  if (!state->tls) co_return base::fail(state->tls);
  if (auto good = check_sendable(request); !good) co_return base::fail(good);
  auto connection = co_await connect(state->executor, state->options.endpoint, *state->tls,
                                     state->options.connect_timeout);
  if (!connection) co_return base::fail(connection);
  co_return co_await state->upgrade(std::move(*connection), std::move(request),
                                    std::move(protocol));
}

Task<Result<HttpResponse>> HttpClient::fetch(HttpRequest request, std::size_t limit_bytes) {
  const auto state = state_;
  auto response = co_await send(std::move(request));
  if (!response) co_return base::fail(response);
  HttpResponse whole{.status = response->status, .headers = response->headers};
  auto body = co_await base::with_timeout(state->options.response_timeout, "the answer's body",
                                          read_all(std::move(*response), limit_bytes));
  if (!body) co_return base::fail(body);
  whole.body = std::move(*body);
  co_return whole;
}

}  // namespace slipway::net
