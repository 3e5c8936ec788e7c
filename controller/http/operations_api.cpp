// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

base::Task<Answer> list_operations(Services& services, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  auto name = query.text("cluster");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  std::optional<std::string> cluster;
  if (!name.empty()) cluster = name;
  co_return page_response(
      services.clusters.operations(cluster), page,
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
