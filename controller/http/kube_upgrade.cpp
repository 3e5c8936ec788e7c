// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_upgrade.hpp"

#include <algorithm>

#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/kube_stream.hpp"
#include "controller/http/right_end.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/link/splice.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;

/// One of a cluster's seats, taken.
class Seat {
 public:
  Seat(std::shared_ptr<std::map<std::string, std::size_t>> open, std::string cluster)
      : open_(std::move(open)), cluster_(std::move(cluster)) {
    ++(*open_)[cluster_];
  }
  ~Seat() {
    if (--(*open_)[cluster_] == 0) open_->erase(cluster_);
  }
  Seat(const Seat&) = delete;

 private:
  std::shared_ptr<std::map<std::string, std::size_t>> open_;  // shared by all seats
  std::string cluster_;
};

/// Writes the session's audit line when it goes, however the session ended.
class SessionRecord {
 public:
  SessionRecord(Services& services, Call call, std::string action)
      : services_(services),
        call_(std::move(call)),
        action_(std::move(action)),
        begun_(services.clock.monotonic()) {}
  ~SessionRecord() {
    try {
      write();
    } catch (const std::exception& error) {
      spdlog::error("{} {}: not audited: {}", call_.caller.request_id, action_, error.what());
    }
  }
  SessionRecord(const SessionRecord&) = delete;

  std::shared_ptr<link::Spliced> told = std::make_shared<link::Spliced>();  ///< kept by the splice
  bool right_ended = false;

 private:
  void write() {
    using End = link::Spliced::End;
    const bool orderly = told->end == End::kConnection || told->end == End::kStream;
    auto code = told->end == End::kIdle ? ErrorCode::kTimeout : ErrorCode::kUnavailable;
    if (right_ended) code = ErrorCode::kDenied;
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(services_.clock.monotonic() - begun_);
    auto detail = describe_session(call_.query);
    detail += (detail.empty() ? "" : "; ") + describe_end(*told, took, right_ended);
    audit_kube(services_, call_, action_, orderly ? "ok" : std::string(base::name_of(code)),
               detail);
  }

  Services& services_;
  Call call_;
  std::string action_;
  base::MonotonicTime begun_;
};

bool is_terminal(const Fields& query) {
  return std::ranges::any_of(query, [](const auto& field) {
    return field.first == "tty" && (field.second == "true" || field.second == "1");
  });
}

base::Task<base::Result<net::HttpResponse>> ask(link::StreamPtr stream) {
  return base::with_timeout(kKubeHeadWait, "the cluster's API server",
                            read_kube_head(std::move(stream), true));
}

/// Carries the session, and keeps what broke it.
base::Task<> carry(std::unique_ptr<net::ByteStream> connection, link::StreamPtr stream,
                   std::shared_ptr<SessionRecord> record) {
  co_await link::splice(std::move(connection), stream, record->told);
  if (record->told->end != link::Spliced::End::kBroken) co_return;
  record->right_ended = is_right_end(co_await stream->closed());
}

net::HttpServer::Takeover take_over(link::StreamPtr stream, net::Headers headers,
                                    const std::string& protocol,
                                    std::shared_ptr<SessionRecord> record,
                                    std::shared_ptr<Seat> seat) {
  net::HttpServer::Takeover takeover;
  takeover.head.status = 101;
  takeover.head.headers = std::move(headers);
  takeover.head.headers.set("Connection", "Upgrade");
  takeover.head.headers.set("Upgrade", protocol);
  // Both are shared by the copies of this function; the last one ends them, run or not.
  takeover.run = [stream = std::move(stream), record = std::move(record),
                  seat = std::move(seat)](std::unique_ptr<net::ByteStream> connection) {
    return carry(std::move(connection), stream, record);
  };
  return takeover;
}

}  // namespace

base::Task<Upgrade> KubeSessions::open(Call call) {
  const auto& request = call.request;
  const auto protocol = net::upgrade_of(request.headers);
  const auto action =
      audit_action(request.method, use_of(request.method, call.argument("path"), true), true);
  auto refused = [&](base::Error why) {
    audit_kube(services_, call, action, std::string(base::name_of(why.code)), why.message);
    return std::unexpected(std::move(why));
  };
  if (auto may = may_ask(services_, call, true); !may) {
    co_return refuse_kube(services_, call, action, may.error());
  }
  auto cluster = services_.clusters.get(call.argument("cluster"));
  if (!cluster) co_return refused(cluster.error());
  const auto found = open_->find(cluster->id.value);
  if (found != open_->end() && found->second >= kMaxKubeSessions) {
    co_return refused(
        {ErrorCode::kExhausted,
         "too many sessions are open in this cluster, at most " + std::to_string(kMaxKubeSessions),
         {}});
  }
  auto seat = std::make_shared<Seat>(open_, cluster->id.value);
  const auto use = use_of(request.method, call.argument("path"), true).use;
  const bool runs = use == access::KubeUse::kExec || use == access::KubeUse::kAttach;
  auto stream = open_kube_stream(services_, call, protocol, runs && is_terminal(call.query));
  if (!stream && stream.error().code == ErrorCode::kExhausted) {
    co_return refuse_kube(services_, call, action, stream.error());
  }
  if (!stream) co_return refused(stream.error());
  auto response = co_await ask(*stream);
  if (!response) co_return refused(response.error());
  if (response->status != 101) {
    if (!is_handshake_refusal(protocol, *response)) {
      audit_kube(services_, call, action, outcome_of(response), describe_session(call.query));
    }
    co_return std::move(*response);
  }
  auto record = std::make_shared<SessionRecord>(services_, std::move(call), action);
  co_return take_over(*stream, std::move(response->headers), protocol, std::move(record),
                      std::move(seat));
}

}  // namespace slipway::http
