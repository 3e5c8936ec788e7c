// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"
#include "controller/http/log_body.hpp"
#include "controller/http/pods.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

constexpr std::chrono::seconds kFirstChunk{30};
constexpr std::chrono::seconds kFirstFollowed{1};  ///< a quiet log's answer begins without a line
constexpr std::int64_t kMaxTail = 1'000'000;

base::Result<wire::LogOpen> read_log(const Services& services, const Call& call) {
  QueryReader query(call.query);
  wire::LogOpen log;
  log.set_pod_namespace(call.argument("namespace"));
  log.set_pod(call.argument("pod"));
  log.set_container(query.text("container"));
  log.set_follow(query.flag("follow", false));
  log.set_tail_lines(query.number("tailLines", -1, 0, kMaxTail));
  log.set_previous(query.flag("previous", false));
  log.set_timestamps(query.flag("timestamps", false));
  log.set_limit_bytes(query.number("limitBytes", 0, 1));
  const auto seconds = query.number("sinceSeconds", 0, 1, 10LL * 366 * 24 * 3600);
  if (seconds > 0) {
    log.set_since_utc_ms(base::to_unix_ms(services.clock.utc() - std::chrono::seconds(seconds)));
  }
  if (auto time = query.text("sinceTime"); !time.empty()) {
    auto since = base::from_rfc3339(time);
    if (!since) query.refuse("sinceTime", "must be a time as 2026-01-02T03:04:05Z");
    if (seconds > 0) query.refuse("sinceTime", "and sinceSeconds exclude each other");
    if (since) log.set_since_utc_ms(base::to_unix_ms(*since));
  }
  if (log.follow() && log.previous()) query.refuse("follow", "and previous exclude each other");
  if (auto fault = query.fault()) return std::unexpected(*fault);
  return log;
}

/// The first chunk is waited for, so that what the agent refuses is a problem document.
base::Task<Answer> pod_log(Services& services, Call call) {
  auto log = read_log(services, call);
  if (!log) co_return base::fail(log);
  auto pod = locate_pod(services, call, log->container());
  if (!pod) co_return base::fail(pod);
  log->set_container(pod->container);
  const bool follow = log->follow();
  log->set_positions(follow);
  wire::StreamOpen what;
  *what.mutable_logs() = *log;
  auto stream = services.links.open(pod->node.machine, std::move(what), false);
  if (!stream) co_return base::fail(stream);
  (*stream)->finish();  // nothing goes that way
  auto first = co_await base::with_timeout(follow ? kFirstFollowed : kFirstChunk, "the log",
                                           (*stream)->read());
  const auto body = [&](std::optional<link::Chunk> begun) {
    return std::make_unique<LogBody>(services.links, pod->node.machine, *log, *stream,
                                     std::move(begun));
  };
  auto response = text_response(200, "");
  if (!first) {
    if (!follow || first.error().code != base::ErrorCode::kTimeout) co_return base::fail(first);
    response.body = body(std::nullopt);
  } else if (*first) {
    response.body = body(std::move(**first));
  }
  co_return response;
}

}  // namespace

Routes pod_log_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log",
           .action = "",
           .answer = [&services](Call call) { return pod_log(services, std::move(call)); }}};
}

}  // namespace slipway::http
