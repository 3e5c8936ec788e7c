// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

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

const ListColumns<clusters::Node>& columns() {
  using Column = ListColumn<clusters::Node>;
  using Row = const clusters::Node&;
  static const ListColumns<clusters::Node> all{
      {"name", [](Row node) { return node.name; }, Column::kSearch},
      {"cluster", [](Row node) { return node.cluster_name; }, Column::kSearch},
      {"role", [](Row node) { return std::string(clusters::name_of(node.role)); }},
      {"address", [](Row node) { return node.address; }, Column::kSearch},
      {"state", [](Row node) {
         const auto& fact = node.machine_state;
         return std::string(fact.known ? cloud::name_of(fact.state) : "unknown");
       }}};
  return all;
}

base::Task<Answer> list_machines(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(
      services.clusters.machines(), asked, columns(),
      [](const auto& node) { return node.machine.value; },
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
