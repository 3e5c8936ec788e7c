// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/encoding.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxReleaseName = 64;  ///< a version or a SHA-256

boost::json::object release_view(const releases::Entry& entry) {
  boost::json::object out{{"directory", entry.directory}};
  put_text(out, "version", entry.release.version);
  put_text(out, "sha256", entry.release.sha256);
  if (entry.release.size_bytes > 0) out["sizeBytes"] = entry.release.size_bytes;
  put_text(out, "problem", entry.problem);
  return out;
}

const ListColumns<releases::Entry>& columns() {
  using Column = ListColumn<releases::Entry>;
  static const ListColumns<releases::Entry> all{
      {"directory", [](const auto& one) { return one.directory; }, Column::kSearch},
      {"version", [](const auto& one) { return one.release.version; }, Column::kSearch},
      {"size", [](const auto& one) { return sortable(one.release.size_bytes); }}};
  return all;
}

base::Task<Answer> list_releases(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(
      services.releases.list(), asked, columns(), [](const auto& entry) { return entry.directory; },
      release_view);
}

base::Task<Answer> upgrade(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto release = in.text("release", kMaxReleaseName);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto accepted =
      services.clusters.upgrade_agents(call.argument("cluster"), release, call.caller.user.name);
  if (!accepted) co_return base::fail(accepted);
  co_return accepted_response(*accepted);
}

}  // namespace

Routes agent_releases_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/agent-releases",
       .action = "",
       .answer = [&services](Call call) { return list_releases(services, std::move(call)); }},
      {.method = "POST",
       .pattern = "/api/v1/clusters/{cluster}/agent-upgrade",
       .action = "agents.upgrade",
       .answer = [&services](Call call) { return upgrade(services, std::move(call)); }},
  };
}

}  // namespace slipway::http
