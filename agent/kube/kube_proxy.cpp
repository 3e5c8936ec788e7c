// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kube_proxy.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cctype>

#include "protocol/base/letter_case.hpp"
#include "protocol/link/splice.hpp"
#include "protocol/net/field_list.hpp"

namespace slipway::kube {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kMaxHeaders = 128;
constexpr int kTooLarge = 413;
constexpr int kBadGateway = 502;
constexpr int kUnavailable = 503;
constexpr int kGatewayTimeout = 504;

/// Fields that speak of one connection, and those that the next hop makes itself.
bool of_connection(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "Connection", "Keep-Alive",     "Proxy-Authenticate", "Proxy-Authorization",
      "TE",         "Trailer",        "Transfer-Encoding",  "Upgrade",
      "Host",       "Content-Length", "Proxy-Connection",   "HTTP2-Settings",
      "Expect",     "Alt-Svc"};
  return std::ranges::any_of(kNames, [&](auto one) { return base::same_letters(one, name); });
}

/// Whether a Connection field names `name` as its own.
bool named_in(std::string_view connection, std::string_view name) {
  return std::ranges::any_of(net::members_of(connection),
                             [&](auto token) { return base::same_letters(token, name); });
}

bool is_header(std::string_view name, std::string_view value) {
  const auto token = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return !name.empty() && std::ranges::all_of(name, token) &&
         std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_method(std::string_view method) {
  return !method.empty() && method.size() <= 16 &&
         std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
}

net::HttpResponse failure(const base::Error& error) {
  const int code = error.code == ErrorCode::kUnavailable ? kUnavailable
                   : error.code == ErrorCode::kTimeout   ? kGatewayTimeout
                   : error.code == ErrorCode::kExhausted ? kTooLarge
                                                         : kBadGateway;
  return status_object(code, "ServiceUnavailable", error.message);
}

Task<Result<std::string>> read_body(link::StreamPtr stream) {
  std::string body;
  while (true) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk) co_return body;
    body += (*chunk)->bytes;
    if (body.size() > kProxyBodyBytes) {
      co_return base::fail(ErrorCode::kExhausted, "the request's body is larger than 8 MiB");
    }
  }
}

Task<> answer(link::StreamPtr stream, net::HttpResponse response) {
  if (auto written = co_await stream->write(head_of(response)); !written) co_return;
  if (!response.streams()) {
    auto written = co_await stream->write(std::move(std::get<0>(response.body)));
    if (written) stream->finish();
    co_return;
  }
  auto body = std::move(std::get<1>(response.body));
  while (true) {
    auto piece = co_await body->next();
    if (!piece) {
      stream->reset(piece.error());
      co_return;
    }
    if (!*piece) break;
    if (auto written = co_await stream->write(std::move(**piece)); !written) co_return;
  }
  stream->finish();
}

bool is_known_upgrade(std::string_view protocol) {
  return protocol == "SPDY/3.1" || protocol == "websocket";
}

/// Asks the API server to go on with another protocol. Its agreement is what is returned; anything
/// else has been answered.
Task<> ask_upgrade(KubeApi& api, wire::HttpOpen open, link::StreamPtr stream,
                   std::unique_ptr<net::ByteStream>& agreed) {
  auto request = request_of(open, "");
  if (!request || !is_known_upgrade(open.upgrade())) {
    stream->reset(request ? base::Error{ErrorCode::kInvalid, "no such upgrade", "upgrade"}
                          : request.error());
    co_return;
  }
  auto answered = co_await api.upgrade(std::move(*request), open.upgrade());
  if (!answered) co_return co_await answer(stream, failure(answered.error()));
  if (!answered->connection) co_return co_await answer(stream, std::move(answered->response));
  auto written = co_await stream->write(head_of(answered->response));
  if (written) agreed = std::move(answered->connection);
}

Task<> tunnel(KubeApi& api, wire::HttpOpen open, link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  std::unique_ptr<net::ByteStream> connection;
  co_await (ask_upgrade(api, std::move(open), stream, connection) || stream->closed());
  if (!connection) co_return;
  co_await link::splice(std::move(connection), stream, std::make_shared<link::Spliced>());
}

Task<> relay(KubeApi& api, wire::HttpOpen open, link::StreamPtr stream) {
  auto body = co_await read_body(stream);
  if (!body && body.error().code != ErrorCode::kExhausted) co_return;  // the stream is over
  if (!body) co_return co_await answer(stream, failure(body.error()));
  auto request = request_of(open, std::move(*body));
  if (!request) {
    stream->reset(request.error());
    co_return;
  }
  auto response = co_await api.send(std::move(*request));
  co_await answer(stream, response ? std::move(*response) : failure(response.error()));
}

}  // namespace

Result<net::HttpRequest> request_of(const wire::HttpOpen& open, std::string body) {
  if (open.target() != wire::HttpOpen::KUBE_API) {
    return base::fail(ErrorCode::kInvalid, "this node serves its API server only", "target");
  }
  if (!is_method(open.method())) return base::fail(ErrorCode::kInvalid, "no such method", "method");
  if (!is_request_target(open.path())) return base::fail(ErrorCode::kInvalid, "no path", "path");
  if (open.headers_size() > static_cast<int>(kMaxHeaders)) {
    return base::fail(ErrorCode::kInvalid, "too many headers", "headers");
  }
  net::HttpRequest request;
  request.method = open.method();
  request.target = open.path();
  std::string connection;
  for (const auto& header : open.headers()) {
    if (base::same_letters(header.name(), "Connection")) connection += "," + header.value();
  }
  for (const auto& header : open.headers()) {
    if (!is_header(header.name(), header.value())) {
      return base::fail(ErrorCode::kInvalid, "a header is malformed", "headers");
    }
    if (of_connection(header.name()) || named_in(connection, header.name())) continue;
    request.headers.add(header.name(), header.value());
  }
  request.body = std::move(body);
  return request;
}

wire::StreamNote head_of(const net::HttpResponse& response) {
  wire::StreamNote note;
  auto& head = *note.mutable_head();
  head.set_status(static_cast<std::uint32_t>(response.status));
  const std::string connection = "," + std::string(response.headers.get("Connection"));
  for (const auto& [name, value] : response.headers.all()) {
    if (of_connection(name) || named_in(connection, name)) continue;
    auto& header = *head.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  return note;
}

Task<> proxy(KubeApi& api, wire::HttpOpen open, link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  if (!open.upgrade().empty()) co_return co_await tunnel(api, std::move(open), std::move(stream));
  co_await (relay(api, std::move(open), stream) || stream->closed());
}

}  // namespace slipway::kube
