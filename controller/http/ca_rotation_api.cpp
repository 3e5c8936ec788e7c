// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

using Step = base::Result<> (links::CaRotation::*)(bool force);

boost::json::object ca_view(const std::string& pem) {
  const auto facts = pki::inspect(pem);
  if (!facts) return {};
  return {{"sha256", facts->sha256}, {"notAfter", base::to_rfc3339(facts->not_after)}};
}

boost::json::object rotation_view(links::CaRotation& rotation) {
  const auto& authority = rotation.authority();
  boost::json::array missing;
  for (const auto& one : rotation.missing()) {
    missing.push_back(
        boost::json::object{{"machine", one.machine.value}, {"node", one.node}, {"why", one.why}});
  }
  boost::json::object out{{"phase", links::name_of(authority.phase())},
                          {"current", ca_view(authority.public_issuer().certificate_pem)},
                          {"missing", std::move(missing)}};
  if (!authority.next_pem().empty()) out["next"] = ca_view(authority.next_pem());
  return out;
}

base::Task<Answer> shown(Services& services, base::Result<> done) {
  if (!done) co_return base::fail(done);
  co_return json_response(200, rotation_view(services.ca_rotation));
}

using Change = base::Result<> (links::CaRotation::*)();

base::Task<Answer> plain(Services& services, Call call, Change change) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  co_return co_await shown(services, (services.ca_rotation.*change)());
}

base::Task<Answer> forceable(Services& services, Call call, Step step) {
  QueryReader query(call.query);
  const bool force = query.flag("force", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return co_await shown(services, (services.ca_rotation.*step)(force));
}

}  // namespace

Routes ca_rotation_routes(Services& services) {
  const std::string path = "/api/v1/ca-rotation";
  return {
      {.method = "GET",
       .pattern = path,
       .action = "",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         co_return co_await shown(services, {});
       }},
      {.method = "POST",
       .pattern = path,
       .action = "ca.introduce",
       .answer =
           [&services](Call call) {
             return plain(services, std::move(call), &links::CaRotation::introduce);
           },
       .no_body = true},
      {.method = "DELETE",
       .pattern = path,
       .action = "ca.abandon",
       .answer =
           [&services](Call call) {
             return plain(services, std::move(call), &links::CaRotation::abandon);
           },
       .no_body = true},
      {.method = "POST",
       .pattern = path + "/switch",
       .action = "ca.switch",
       .answer =
           [&services](Call call) {
             return forceable(services, std::move(call), &links::CaRotation::switch_over);
           },
       .no_body = true},
      {.method = "POST",
       .pattern = path + "/finish",
       .action = "ca.finish",
       .answer =
           [&services](Call call) {
             return forceable(services, std::move(call), &links::CaRotation::finish);
           },
       .no_body = true},
  };
}

}  // namespace slipway::http
