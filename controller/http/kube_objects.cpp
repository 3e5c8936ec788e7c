// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_objects.hpp"

#include <boost/json.hpp>

#include "controller/http/intent_views.hpp"
#include "controller/http/kube_stream.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxAnswerBytes = 8 << 20;
constexpr std::chrono::seconds kAnswerWait{60};

std::string message_in(const boost::json::value& status) {
  const auto* object = status.if_object();
  const auto* message = object == nullptr ? nullptr : object->if_contains("message");
  return message != nullptr && message->is_string() ? std::string(message->get_string())
                                                    : std::string{};
}

/// An answer that was read whole.
struct Whole {
  int status = 0;
  base::Result<boost::json::value> value = boost::json::value{};
};

base::Task<base::Result<Whole>> exchange(Services& services, Caller caller, std::string cluster,
                                         std::string method, std::string path, std::string body) {
  Call call;
  call.request.method = std::move(method);
  call.request.target = "/" + path;
  call.request.headers.set("Accept", "application/json");
  if (!body.empty()) call.request.headers.set("Content-Type", "application/json");
  call.request.body = std::move(body);
  call.path = {{"cluster", std::move(cluster)}, {"path", path.substr(0, path.find('?'))}};
  call.caller = std::move(caller);
  auto response = co_await exchange_kube(services, call);
  if (!response) co_return base::fail(response);
  const int status = response->status;
  auto text = co_await base::with_timeout(kAnswerWait, "the cluster's API server",
                                          net::read_all(std::move(*response), kMaxAnswerBytes));
  if (!text) co_return base::fail(text);
  co_return Whole{.status = status, .value = base::read_json(*text)};
}

}  // namespace

base::Task<base::Result<boost::json::object>> read_kube(Services& services, Caller caller,
                                                        std::string cluster, std::string path) {
  auto answer = co_await exchange(services, std::move(caller), std::move(cluster), "GET",
                                  std::move(path), "");
  if (!answer) co_return base::fail(answer);
  auto& [status, value] = *answer;
  if (status == 200 && value && value->is_object()) co_return std::move(value->as_object());
  wire::IntentOutcome refused;
  refused.set_http_status(static_cast<std::uint32_t>(status == 200 ? 502 : status));
  if (value) refused.set_message(message_in(*value));
  co_return std::unexpected(refusal_of(refused));
}

base::Task<base::Result<KubeAnswer>> post_kube(Services& services, Caller caller,
                                               std::string cluster, std::string path,
                                               boost::json::object body) {
  auto answer = co_await exchange(services, std::move(caller), std::move(cluster), "POST",
                                  std::move(path), boost::json::serialize(body));
  if (!answer) co_return base::fail(answer);
  co_return KubeAnswer{.status = answer->status,
                       .message = answer->value ? message_in(*answer->value) : std::string{}};
}

}  // namespace slipway::http
