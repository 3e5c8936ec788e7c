// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

Routes health_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/healthz",
       .needs = Needs::kNothing,
       .action = "",
       .answer = [](Call) -> base::Task<Answer> { co_return text_response(200, "ok\n"); }},
      {.method = "GET",
       .pattern = "/readyz",
       .needs = Needs::kNothing,
       .action = "",
       .answer = [&services](Call) -> base::Task<Answer> {
         const auto parts = services.parts();
         const bool ready = std::ranges::all_of(parts, &Part::ready);
         boost::json::object out;
         for (const auto& part : parts) {
           boost::json::object one{{"ready", part.ready}};
           if (!part.detail.empty()) one["detail"] = part.detail;
           out[part.name] = std::move(one);
         }
         co_return json_response(ready ? 200 : 503,
                                 boost::json::object{{"ready", ready}, {"parts", std::move(out)}});
       }},
      {.method = "GET",
       .pattern = "/metrics",
       .needs = Needs::kNothing,
       .action = "",
       .answer = [&services](Call) -> base::Task<Answer> {
         co_return text_response(200, services.metrics.text(),
                                 "text/plain; version=0.0.4; charset=utf-8");
       }},
  };
}

}  // namespace slipway::http
