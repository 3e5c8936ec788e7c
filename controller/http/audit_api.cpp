// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

boost::json::object audit_view(const access::StoredAuditEntry& row) {
  const auto& e = row.entry;
  return {{"sequence", row.sequence}, {"at", base::to_rfc3339(row.at)},
          {"actor", e.actor},         {"role", e.role},
          {"from", e.from},           {"action", e.action},
          {"object", e.object},       {"outcome", e.outcome},
          {"detail", e.detail},       {"requestId", e.request_id},
          {"hash", row.hash}};
}

std::optional<std::int64_t> read_before(const std::string& cursor, QueryReader& query) {
  if (cursor.empty()) return std::nullopt;
  std::int64_t before = 0;
  const auto* end = cursor.data() + cursor.size();
  auto [at, error] = std::from_chars(cursor.data(), end, before);
  if (error != std::errc{} || at != end) query.refuse("cursor", "is none of ours");
  return before;
}

base::Task<Answer> list_audit(Services& services, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  access::AuditQuery wanted{.before = read_before(page.cursor, query),
                            .limit = page.limit,
                            .action = query.text("action"),
                            .actor = query.text("actor")};
  const bool verify = query.flag("verify", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto rows = services.audit.list(wanted);
  boost::json::array items;
  for (const auto& row : rows) items.push_back(audit_view(row));
  boost::json::object body{{"items", std::move(items)}};
  if (rows.size() == page.limit && rows.back().sequence > 1) {
    body["nextCursor"] = std::to_string(rows.back().sequence);
  }
  if (verify) {
    const auto chain = services.audit.verify();
    boost::json::object out{{"whole", !chain.broken_at}, {"entries", chain.entries}};
    if (chain.broken_at) out["brokenAt"] = *chain.broken_at;
    body["chain"] = std::move(out);
  }
  co_return json_response(200, body);
}

}  // namespace

Routes audit_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/audit",
           .needs = Needs::kAdministrator,
           .action = "",
           .answer = [&services](Call call) { return list_audit(services, std::move(call)); }}};
}

}  // namespace slipway::http
