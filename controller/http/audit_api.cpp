// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <charconv>

#include "controller/http/places.hpp"
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
          {"cluster", e.cluster},     {"namespace", e.name_space},
          {"hash", row.hash}};
}

std::optional<base::UtcTime> read_time(QueryReader& query, const std::string& name) {
  const auto text = query.text(name);
  if (text.empty()) return std::nullopt;
  auto time = base::from_rfc3339(text);
  if (!time) query.refuse(name, "must be a time as 2026-01-02T03:04:05Z");
  return time ? std::optional(*time) : std::nullopt;
}

/// What the list and the export have in common. A cluster is told by name or id.
access::AuditQuery read_filters(const Services& services, QueryReader& query) {
  const auto cluster = query.text("cluster");
  return {.action = query.text("action"),
          .actor = query.text("actor"),
          .object = query.text("object"),
          .outcome = query.text("outcome"),
          .cluster = cluster_name(services, cluster),
          .name_space = query.text("namespace"),
          .since = read_time(query, "since"),
          .until = read_time(query, "until")};
}

/// Entries as lines of JSON, the oldest first, up to the newest at the time of the question.
class ExportBody : public net::BodySource {
 public:
  ExportBody(const access::SqliteAudit& audit, access::AuditQuery query)
      : audit_(audit), query_(std::move(query)) {
    query_.after = 0;
    query_.before = audit_.head().sequence + 1;
    query_.limit = access::kMaxAuditPage;
  }

  base::Task<base::Result<std::optional<std::string>>> next() override {
    const auto rows = audit_.list(query_);
    if (rows.empty()) co_return std::nullopt;
    query_.after = rows.back().sequence;
    std::string lines;
    for (const auto& row : rows) lines += boost::json::serialize(audit_view(row)) + "\n";
    co_return lines;
  }

 private:
  const access::SqliteAudit& audit_;
  access::AuditQuery query_;
};

base::Task<Answer> export_audit(Services& services, Call call) {
  QueryReader query(call.query);
  auto wanted = read_filters(services, query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto response = text_response(200, "", "application/x-ndjson");
  response.headers.set("Content-Disposition", "attachment; filename=\"slipway-audit.jsonl\"");
  response.body = std::make_unique<ExportBody>(services.audit, std::move(wanted));
  co_return response;
}

std::optional<std::int64_t> read_before(const std::string& cursor, QueryReader& query) {
  if (cursor.empty()) return std::nullopt;
  std::int64_t before = 0;
  const auto* end = cursor.data() + cursor.size();
  auto [at, error] = std::from_chars(cursor.data(), end, before);
  if (error != std::errc{} || at != end || before < 1) query.refuse("cursor", "is none of ours");
  return before;
}

base::Task<Answer> list_audit(Services& services, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  auto wanted = read_filters(services, query);
  wanted.before = read_before(page.cursor, query);
  wanted.limit = page.limit;
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
  return {plain_route(services, "GET", "/api/v1/audit", Needs::kAdminister, "", list_audit),
          plain_route(services, "GET", "/api/v1/audit/export", Needs::kAdminister, "audit.export",
                      export_audit)};
}

}  // namespace slipway::http
