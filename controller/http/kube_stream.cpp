// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_stream.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/http/audit_lines.hpp"
#include "controller/http/kube_proxy_rules.hpp"
#include "controller/http/problem.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;

constexpr std::chrono::seconds kBodyWait{60};

base::Task<base::Result<>> send_body(link::StreamPtr stream, std::string body) {
  auto sent = co_await stream->write(std::move(body));
  if (sent) stream->finish();
  co_return sent;
}

/// An answer's body as it comes over the link.
class ProxyBody : public net::BodySource {
 public:
  ProxyBody(link::StreamPtr stream, std::string first)
      : stream_(std::move(stream)), first_(std::move(first)) {}

  base::Task<base::Result<std::optional<std::string>>> next() override {
    if (!first_.empty()) co_return std::exchange(first_, {});
    for (;;) {
      auto chunk = co_await stream_->read();
      if (!chunk) co_return base::fail(chunk);
      if (!*chunk) co_return std::nullopt;
      if (!(*chunk)->bytes.empty()) co_return std::move((*chunk)->bytes);
    }
  }
  bool waits() const override { return first_.empty() && stream_->waits(); }

 private:
  link::StreamPtr stream_;
  std::string first_;
};

/// Resets a stream whose answer has not begun in time, for as long as this lives.
class HeadWait {
 public:
  HeadWait(const boost::asio::any_io_executor& executor, link::StreamPtr stream,
           std::chrono::milliseconds limit)
      : stream_(std::make_shared<link::StreamPtr>(std::move(stream))), timer_(executor, limit) {
    // Also a timer that has run out may be told of it after this has gone.
    timer_.async_wait([waits = std::weak_ptr(stream_)](boost::system::error_code error) {
      const auto stream = waits.lock();
      if (error || !stream) return;
      (*stream)->reset({ErrorCode::kTimeout, "no answer in time: the cluster's API server", {}});
    });
  }

 private:
  std::shared_ptr<link::StreamPtr> stream_;  // shared with nobody: its life is this one's
  boost::asio::steady_timer timer_;
};

base::Result<wire::HttpOpen> make_open(const Call& call, const std::string& upgrade,
                                       const wire::Identity& who) {
  auto path = api_path(call.argument("path"));
  if (!path) return base::fail(path);
  auto query = api_query(call.request.target);
  if (!query) return base::fail(query);
  wire::HttpOpen open;
  open.set_target(wire::HttpOpen::KUBE_API);
  open.set_method(call.request.method);
  open.set_path(*path + *query);
  open.set_upgrade(upgrade);
  // What a pod or a service is asked has its limit here alone, whatever the method.
  const auto use = use_of(call.request.method, call.argument("path"), !upgrade.empty()).use;
  open.set_may_stay_silent(use == access::KubeUse::kProxy ||
                           (upgrade.empty() && may_stay_silent(call)));
  put_headers(call.request.headers, who, open);
  return open;
}

bool reads(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// The API server judged by the identity that the caller came with: what goes on stands while they
/// would come with no less, and in a namespace that is still theirs.
CallerStreams::May as_now(Services& services, const std::string& cluster, const wire::Identity& who,
                          bool upgraded) {
  const std::vector<std::string> before(who.groups().begin(), who.groups().end());
  return [&services, cluster, upgraded, before](const Call& call) -> base::Result<> {
    // A change that is under way is over soon, and may be made whoever hears of it.
    if (!upgraded && !reads(call.request.method)) return {};
    const bool less = !access::covers(access::groups_of(call.caller.rights, cluster), before);
    if (less) {
      return base::fail(ErrorCode::kDenied, "your roles are others now; ask again");
    }
    const auto asked = use_of(call.request.method, call.argument("path"), upgraded);
    return if_known(services, cluster, asked.name_space, may_ask(services, call, upgraded));
  };
}

}  // namespace

base::Result<link::StreamPtr> open_kube_stream(Services& services, const Call& call,
                                               const std::string& upgrade, bool interactive) {
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  auto who = identity_of(call.caller, cluster->id.value);
  auto open = make_open(call, upgrade, who);
  if (!open) return base::fail(open);
  auto gateway = services.clusters.connected_gateway(call.argument("cluster"));
  if (!gateway) return base::fail(gateway);
  wire::StreamOpen what;
  *what.mutable_http() = std::move(*open);
  return services.streams.open(call, *gateway, std::move(what), interactive,
                               as_now(services, cluster->id.value, who, !upgrade.empty()));
}

base::Task<base::Result<net::HttpResponse>> read_kube_head(link::StreamPtr stream, bool upgrade) {
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk) {
      co_return base::fail(ErrorCode::kUnavailable, "the gateway ended without an answer");
    }
    auto& got = **chunk;
    if (!got.note || !got.note->has_head()) continue;
    net::HttpResponse response;
    response.status = static_cast<int>(got.note->head().status());
    response.headers = answer_headers(got.note->head());
    response.body = std::make_unique<ProxyBody>(stream, std::move(got.bytes));
    const bool agreed = upgrade && response.status == 101;
    if (!agreed && (response.status < 200 || response.status > 599)) {
      co_return base::fail(ErrorCode::kInternal, "the gateway answered with no status");
    }
    co_return response;
  }
}

base::Task<base::Result<net::HttpResponse>> exchange_kube(Services& services, const Call& call,
                                                          std::chrono::milliseconds head_wait) {
  auto stream = open_kube_stream(services, call, "", false);
  if (!stream) co_return base::fail(stream);
  if (call.request.body.empty()) {
    (*stream)->finish();  // leaves together with the head
  } else {
    auto sent = co_await base::with_timeout(kBodyWait, "the cluster's gateway",
                                            send_body(*stream, call.request.body));
    if (!sent) co_return base::fail(sent);
  }
  std::optional<HeadWait> wait;
  if (!may_stay_silent(call)) {
    wait.emplace(co_await boost::asio::this_coro::executor, *stream, head_wait);
  }
  co_return co_await read_kube_head(*stream, false);
}

base::Result<> may_ask(const Services& services, const Call& call, bool upgraded) {
  const auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster && call.caller.user.role == access::Role::kAdministrator) return base::fail(cluster);
  if (!cluster) {  // kubectl would make "no such resource" of a 404
    return base::fail(ErrorCode::kDenied, "your projects have no namespace in such a cluster");
  }
  const auto asked = use_of(call.request.method, call.argument("path"), upgraded);
  const auto place = place_of(services, cluster->id, asked.name_space);
  return access::decide_kube(call.caller.rights, asked.use, cluster->id.value,
                             asked.name_space.empty() ? nullptr : &place);
}

net::HttpResponse refuse_kube(Services& services, const Call& call, const std::string& action,
                              const base::Error& why) {
  audit_kube(services, call, action.empty() ? "proxy.refused" : action,
             std::string(base::name_of(why.code)), why.message);
  if (why.code == ErrorCode::kDenied || why.code == ErrorCode::kExhausted) return status_of(why);
  return to_response(problem_of(why), call.caller.request_id);
}

void audit_kube(Services& services, const Call& call, const std::string& action,
                const std::string& outcome, const std::string& detail) {
  if (action.empty()) return;
  const auto& rest = call.argument("path");
  services.audit.record(
      by(call.caller, {.action = action,
                       .object = "clusters/" + call.argument("cluster") + "/" + rest,
                       .outcome = outcome,
                       .detail = detail,
                       .cluster = cluster_name(services, call.argument("cluster")),
                       .name_space = use_of(call.request.method, rest, false).name_space}));
}

std::string outcome_of(const base::Result<net::HttpResponse>& response) {
  if (!response) return std::string(base::name_of(response.error().code));
  return response->status >= 400 ? "status " + std::to_string(response->status) : "ok";
}

}  // namespace slipway::http
