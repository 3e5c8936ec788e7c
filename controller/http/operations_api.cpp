// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

const ListColumns<clusters::OperationView>& columns() {
  using Column = ListColumn<clusters::OperationView>;
  using Row = const clusters::OperationView&;
  static const ListColumns<clusters::OperationView> all{
      {"kind", [](Row one) { return one.operation.kind; }, Column::kSearch},
      {"cluster", [](Row one) { return one.cluster_name; }, Column::kSearch},
      {"state", [](Row one) { return std::string(clusters::name_of(one.operation.state)); }},
      {"by", [](Row one) { return one.operation.by; }, Column::kSearch},
      {"created", [](Row one) { return sortable(one.operation.created); }}};
  return all;
}

base::Task<Answer> list_operations(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  auto name = query.text("cluster");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  std::optional<std::string> cluster;
  if (!name.empty()) cluster = name;
  co_return list_response(
      services.clusters.operations(cluster), asked, columns(),
      [](const auto& view) { return view.operation.id.value; },
      [](const auto& operation) { return view(operation); });
}

}  // namespace

Routes operations_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/operations",
       .action = "",
       .answer = [&services](Call call) { return list_operations(services, std::move(call)); }},
      {.method = "GET",
       .pattern = "/api/v1/operations/{operation}",
       .action = "",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto operation = services.clusters.operation({call.argument("operation")});
         if (!operation) co_return base::fail(operation);
         co_return json_response(200, view(*operation));
       }},
      {.method = "POST",
       .pattern = "/api/v1/operations/{operation}/retry",
       .action = "operation.retry",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto operation = services.clusters.retry({call.argument("operation")});
         if (!operation) co_return base::fail(operation);
         co_return json_response(202, view(*operation));
       },
       .no_body = true},
  };
}

}  // namespace slipway::http
