// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::int64_t kConsoleLines = 500;
constexpr std::int64_t kMaxConsoleLines = 10'000;

base::Task<Answer> console(Services& services, Call call) {
  QueryReader query(call.query);
  const auto lines = query.number("lines", kConsoleLines, 1, kMaxConsoleLines);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto machine = services.clusters.machine(call.argument("machine"));
  if (!machine) co_return base::fail(machine);
  auto text = co_await services.cloud.console(machine->resource, static_cast<std::size_t>(lines));
  if (!text) co_return base::fail(text);
  co_return text_response(200, std::move(*text));
}

base::Task<Answer> list_machines(Services& services, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return page_response(
      services.clusters.machines(), page, [](const auto& node) { return node.machine.value; },
      [](const auto& node) { return machine_view(node); });
}

}  // namespace

Routes machines_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/machines",
       .action = "",
       .answer = [&services](Call call) { return list_machines(services, std::move(call)); }},
      {.method = "GET",
       .pattern = "/api/v1/machines/{machine}/console",
       .action = "",
       .answer = [&services](Call call) { return console(services, std::move(call)); }},
  };
}

}  // namespace slipway::http
