// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/api.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <utility>

#include "agent/dns/kubeconfig.hpp"

namespace slipway::bootstrap {

base::Task<base::Result<Answer>> ask_api(const StepContext& context, ApiRequest request) {
  Host& host = context.host;
  const auto yaml = host.read(request.kubeconfig);
  if (!yaml) co_return base::fail(yaml);
  auto access =
      dns::parse_kubeconfig(*yaml, [&host](const std::string& path) { return host.read(path); });
  if (!access) co_return base::fail(access);
  Call call;
  call.host = access->server.host;
  call.port = access->server.port;
  if (context.desired.role() == wire::MASTER) {
    call.host = context.desired.address();
    call.port = static_cast<unsigned short>(context.desired.kubernetes().api_port());
  }
  call.tls = std::move(access->tls);
  call.method = std::move(request.method);
  call.path = std::move(request.path);
  call.content_type = std::move(request.content_type);
  call.body = std::move(request.body);
  co_return co_await host.call(std::move(call));
}

std::string api_message(const Answer& answer) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(answer.body, failed);
  if (!failed && value.is_object()) {
    const auto* message = value.get_object().if_contains("message");
    if (message && message->is_string())
      return fmt::format("{} ({})", std::string_view(message->get_string()), answer.status);
  }
  return fmt::format("status {}: {}", answer.status, answer.body.substr(0, 200));
}

}  // namespace slipway::bootstrap
