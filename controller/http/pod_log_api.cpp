// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/http/input.hpp"
#include "controller/http/log_query.hpp"
#include "controller/http/log_socket.hpp"
#include "controller/http/pods.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

using base::Result;
using base::Task;

constexpr std::chrono::seconds kFirstChunk{30};
constexpr std::chrono::seconds kFirstFollowed{1};  ///< a quiet log's answer begins without a line

/// What of a log is asked for, and from where on.
struct LogRequest {
  wire::LogOpen open;
  std::string cursor;
};

Result<LogRequest> read_request(const Services& services, const Call& call, bool socket) {
  QueryReader query(call.query);
  LogRequest request{.open = read_log_query(query, services.clock.utc()), .cursor = {}};
  auto& log = request.open;
  log.set_pod_namespace(call.argument("namespace"));
  log.set_pod(call.argument("pod"));
  log.set_follow(query.flag("follow", false));
  log.set_timestamps(query.flag("timestamps", false));
  if (log.follow() && log.previous()) query.refuse("follow", "and previous exclude each other");
  request.cursor = query.text("cursor");
  if (query.has("cursor") && !socket) query.refuse("cursor", "goes with a WebSocket only");
  if (query.has("cursor") && request.cursor.empty()) query.refuse("cursor", "is empty");
  if (auto fault = query.fault()) return std::unexpected(*fault);
  return request;
}

/// A log that its agent has begun to send, or has nothing to send of at present.
struct OpenedLog {
  SharedLog log;
  LogSubject subject;
};

/// Where the cursor says that the client stands, if it has one; bytes beyond the agent's place.
Result<std::uint64_t> go_to_cursor(const LogRequest& request, LogSubject& subject,
                                   wire::LogOpen& open) {
  if (request.cursor.empty()) return 0;
  const auto point = read_log_cursor(request.cursor, subject);
  if (!point) return base::fail(point);
  *open.mutable_from() = point->from;
  open.set_since_utc_ms(subject.since_utc_ms);
  if (open.limit_bytes() > 0) {
    open.set_limit_bytes(open.limit_bytes() + static_cast<std::int64_t>(point->ahead));
  }
  return point->ahead;
}

/// Whether the mirror of the cluster's pods is fed now.
bool is_live(const Services& services, const Call& call) {
  const auto cluster = services.clusters.get(call.argument("cluster"));
  return cluster && services.mirror.freshness(cluster->id, "pods").live;
}

struct Begun {
  link::StreamPtr stream;
  Result<std::optional<link::Chunk>> first;  ///< kTimeout: nothing came yet
};

Task<Result<Begun>> begin(Services& services, const Call& call, base::MachineId machine,
                          wire::LogOpen open) {
  const auto wait = open.follow() ? kFirstFollowed : kFirstChunk;
  wire::StreamOpen what;
  *what.mutable_logs() = std::move(open);
  auto stream = services.streams.open(call, machine, std::move(what), false,
                                      may_do(services, Needs::kRead, false));
  if (!stream) co_return base::fail(stream);
  (*stream)->finish();  // nothing goes that way
  auto first = co_await base::with_timeout(wait, "the log", (*stream)->read());
  co_return Begun{.stream = std::move(*stream), .first = std::move(first)};
}

/// Whether the container has ended and not begun again: then the run before the next one is the
/// last there was, of which kubelet keeps the log alone.
bool is_between_runs(const LocatedPod& pod) {
  const auto& all = pod.row.containers();
  const auto it = std::ranges::find(all, pod.container, &wire::ContainerRow::name);
  return it != all.end() && it->state() == "waiting" &&
         (it->restarts() > 0 || it->reason() == "CrashLoopBackOff");
}

/// The first chunk is waited for, so that what the agent refuses is a problem document.
Task<Result<OpenedLog>> open_log(Services& services, const Call& call, bool socket) {
  auto request = read_request(services, call, socket);
  if (!request) co_return base::fail(request);
  auto open = request->open;
  auto pod = locate_pod(services, call, open.container());
  const bool is_certain = is_live(services, call);
  if (!pod && !request->cursor.empty() && !is_certain && pod.error().field == "pod") {
    // Not "not found", which would be the end for who comes back: a young pod's row may be missing.
    co_return base::fail(base::ErrorCode::kUnavailable, pod.error().message);
  }
  if (!pod) co_return base::fail(pod);
  open.set_container(pod->container);
  open.set_positions(open.follow() || socket);
  LogSubject subject{.cluster = pod->cluster.id.value,
                     .pod_uid = pod->uid,
                     .is_certain = is_certain,
                     .container = pod->container,
                     .follow = open.follow(),
                     .previous = open.previous(),
                     .timestamps = open.timestamps(),
                     .since_utc_ms = open.since_utc_ms()};
  const auto ahead = go_to_cursor(*request, subject, open);
  if (!ahead) co_return base::fail(ahead);
  auto begun = co_await begin(services, call, pod->node.machine, open);
  if (!begun) co_return base::fail(begun);
  if (open.previous() && !begun->first && begun->first.error().code == base::ErrorCode::kNotFound &&
      is_between_runs(*pod)) {
    open.set_previous(false);
    begun = co_await begin(services, call, pod->node.machine, open);
    if (!begun) co_return base::fail(begun);
  }
  auto& [stream, first] = *begun;
  const bool quiet = !first && first.error().code == base::ErrorCode::kTimeout;
  if (!first && (!quiet || !open.follow())) co_return base::fail(first);
  auto again = [&services, call = outline(call), machine = pod->node.machine](auto what) {
    return services.streams.reopen(call, machine, std::move(what), false,
                                   may_do(services, Needs::kRead, false));
  };
  auto log = std::make_shared<FollowedLog>(std::move(again), std::move(open), *ahead, stream,
                                           first ? std::move(*first) : std::nullopt);
  co_return OpenedLog{.log = std::move(log), .subject = std::move(subject)};
}

/// A log as the body of an answer; what is missing is said in a line of its own.
class LogBody : public net::BodySource {
 public:
  explicit LogBody(SharedLog log) : log_(std::move(log)) {}

  Task<Result<std::optional<std::string>>> next() override {
    for (;;) {
      auto part = co_await log_->next();
      if (!part) co_return base::fail(part);
      if (!*part) co_return std::nullopt;
      auto text = std::move((*part)->text);
      if (!text.empty()) at_line_start_ = text.back() == '\n';
      if (!(*part)->gap.empty()) {
        if (!at_line_start_) text += '\n';
        text += "[lines are missing here: " + (*part)->gap + "]\n";
        at_line_start_ = true;
      }
      if (!text.empty()) co_return text;
    }
  }

 private:
  SharedLog log_;
  bool at_line_start_ = true;
};

Task<Answer> pod_log(Services& services, Call call) {
  auto opened = co_await open_log(services, call, false);
  if (!opened) co_return base::fail(opened);
  auto response = text_response(200, "");
  response.body = std::make_unique<LogBody>(std::move(opened->log));
  co_return response;
}

Task<Upgrade> open_log_socket(Services& services, Call call) {
  if (net::upgrade_of(call.request.headers) != "websocket") {  // another protocol is not for logs
    auto answer = co_await pod_log(services, std::move(call));
    if (!answer) co_return base::fail(answer);
    co_return std::move(*answer);
  }
  auto opened = co_await open_log(services, call, true);
  if (!opened) co_return base::fail(opened);
  co_return net::HttpServer::Session{
      .run =
          [log = opened->log,
           subject = opened->subject](std::unique_ptr<net::Transport> transport) {
            return run_log_socket(std::move(transport), log, subject);
          },
      .protocol = kLogProtocol};
}

}  // namespace

Routes pod_log_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log",
       .needs = Needs::kRead,
       .action = "",
       .answer = [&services](Call call) { return pod_log(services, std::move(call)); },
       .upgrade = [&services](Call call) { return open_log_socket(services, std::move(call)); }}};
}

}  // namespace slipway::http
