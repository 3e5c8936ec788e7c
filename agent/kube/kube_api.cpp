// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kube_api.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "protocol/base/json_text.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_status.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::chrono::seconds kBodyWait{60};    // once its head has come
constexpr std::size_t kTargetLength = 32 << 10;  // as long as the public port takes heads
constexpr std::size_t kMessageLength = 4096;
constexpr std::size_t kStatusLimitBytes = 1 << 20;

void put_identity(const wire::Identity& who, net::HttpRequest& request) {
  request.headers.set("Impersonate-User", who.user());
  for (const auto& group : who.groups()) request.headers.add("Impersonate-Group", group);
}

}  // namespace

Task<Result<net::HttpResponse>> ImpersonatedApi::send(net::HttpRequest request) {
  put_identity(who_, request);
  co_return co_await api_.send(std::move(request));
}

Task<Result<net::Upgraded>> ImpersonatedApi::upgrade(net::HttpRequest request,
                                                     std::string protocol) {
  put_identity(who_, request);
  co_return co_await api_.upgrade(std::move(request), std::move(protocol));
}

bool is_request_target(std::string_view path) {
  return path.starts_with('/') && path.size() <= kTargetLength &&
         std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7F; });
}

net::HttpResponse status_object(int code, std::string_view reason, std::string_view message) {
  net::HttpResponse response;
  response.status = code;
  response.headers.set("Content-Type", "application/json");
  response.body = json::serialize(json::object{{"kind", "Status"},
                                               {"apiVersion", "v1"},
                                               {"metadata", json::object{}},
                                               {"status", "Failure"},
                                               {"message", message},
                                               {"reason", reason},
                                               {"code", code}});
  return response;
}

std::string message_of(const std::string& body) {
  if (body.size() <= kStatusLimitBytes) {
    const auto value = base::read_json(body);
    if (value && value->is_object()) {
      const auto* message = value->get_object().if_contains("message");
      if (message != nullptr && message->is_string()) {
        return wire::head_of(std::string_view(message->get_string()), kMessageLength);
      }
    }
  }
  auto text = wire::clean_text(wire::head_of(body, kMessageLength));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Task<Result<net::HttpResponse>> fetch(KubeApi& api, net::HttpRequest request) {
  auto response = co_await api.send(std::move(request));
  if (!response || !response->streams()) co_return response;
  const int status = response->status;
  auto headers = response->headers;
  auto text = co_await base::with_timeout(kBodyWait, "the API server's answer",
                                          net::read_all(std::move(*response), kAnswerLimitBytes));
  if (!text) co_return base::fail(text);
  net::HttpResponse whole;
  whole.status = status;
  whole.headers = std::move(headers);
  whole.body = std::move(*text);
  co_return whole;
}

Task<Result<json::value>> get_json(KubeApi& api, std::string path) {
  net::HttpRequest request;
  request.target = path;
  request.headers.set("Accept", "application/json");
  auto response = co_await fetch(api, std::move(request));
  if (!response) co_return base::fail(response);
  if (response->status != 200) {
    co_return base::fail(net::code_of_status(response->status),
                         path + ": " + message_of(response->text()));
  }
  auto value = base::read_json(response->text());
  if (!value) co_return base::fail(ErrorCode::kUnavailable, path + ": the answer is no JSON");
  co_return value;
}

}  // namespace slipway::kube
