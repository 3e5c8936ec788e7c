// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/agent.hpp"

#include "protocol/base/with_timeout.hpp"
#include "protocol/pki/pki.hpp"
#include "tests/bench/swarm/service.hpp"
#include "tests/bench/swarm/told.hpp"
#include "tests/bench/swarm/web_socket.hpp"

namespace slipway::swarm {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

// As agent/link has them.
constexpr std::chrono::seconds kUpgradeLimit{10};
constexpr char kSubprotocol[] = "slipway.v1";

}  // namespace

Agent::Agent(Common& common, const Member& member, std::uint64_t seed)
    : common_(common), member_(member), backoff_({}, seed), trust_(common.trust) {}

Task<> Agent::run() {
  for (;;) {
    up_since_.reset();
    auto ended = co_await attempt();
    if (up_since_) backoff_.lasted(common_.clock.monotonic() - *up_since_);
    if (const auto away = std::exchange(away_, std::nullopt)) {
      co_await base::sleep_for(*away);
      continue;
    }
    common_.tally.failed(ended.error().message);
    co_await base::sleep_for(backoff_.next());
  }
}

Task<Result<std::unique_ptr<net::Transport>>> Agent::dial() {
  auto socket = std::make_unique<TlsSocket>(common_.executor);
  auto connected = co_await base::with_timeout(
      kConnectLimit, "connecting",
      socket->connect(common_.identity,
                      {.from = {boost::asio::ip::make_address(member_.address), 0},
                       .to = common_.controller,
                       .certificate_der = member_.certificate_der}));
  if (!connected) co_return fail(connected);
  co_return co_await base::with_timeout(kUpgradeLimit, "the upgrade",
                                        upgrade(std::move(socket), "/link", kSubprotocol));
}

/// Dials and serves the link until it ends; what it returns says why.
Task<Result<>> Agent::attempt() {
  ++common_.tally.attempts;
  auto transport = co_await dial();
  if (!transport) co_return fail(transport);
  struct Holder {
    Agent& agent;
    ~Holder() {
      agent.up_.reset();
      agent.link_.reset();
    }
  } holder{*this};
  mirrors_ = false;
  link_ = std::make_unique<link::Link>(wire::Side::kAgent, hello(), std::move(*transport),
                                       handlers(), common_.clock);
  co_return std::unexpected(co_await link_->run());
}

wire::Hello Agent::hello() const {
  wire::Hello own;
  own.set_version_min(wire::kProtocolVersion);
  own.set_version_max(wire::kProtocolVersion);
  own.set_software("slipway-agent 0.1.0");
  own.set_incarnation(member_.machine.value);
  own.set_utc_ms(base::to_unix_ms(common_.clock.utc()));
  own.set_takes_batches(true);
  return own;
}

link::LinkHandlers Agent::handlers() {
  link::LinkHandlers to;
  to.ready = [this](const wire::Ready& ready) {
    common_.health = wire::health_interval(ready.peer);
    tell_state();
  };
  to.order = [this](wire::Order order) { take(std::move(order)); };
  to.opened = [this](wire::StreamOpen what, bool, link::StreamPtr stream) {
    opened(std::move(what), std::move(stream));
  };
  return to;
}

void Agent::tell_state() {
  wire::Report full;
  *full.mutable_state() = state_of(member_, trust_, generation_, common_.booted);
  if (auto sent = link_->send(std::move(full)); !sent) link_->close(sent.error());
}

void Agent::take(wire::Order order) {
  if (order.has_desired()) return take_desired(order.desired());
  if (order.has_trust()) return hold(order.trust());
}

/// The answer to its full state: only now does the controller count it as connected.
void Agent::take_desired(const wire::DesiredNode& desired) {
  generation_ = desired.generation();
  if (!up_) {
    up_since_ = common_.clock.monotonic();
    up_.emplace(common_.tally, *up_since_);
    tell_health();
  }
  if (!desired.gateway() || std::exchange(mirrors_, true)) return;
  wire::StreamOpen what;
  what.mutable_mirror()->set_cluster_id(member_.cluster.value);
  auto stream = link_->open(std::move(what), false);
  if (stream) common_.tasks.spawn("mirror", feed_mirror(std::move(*stream)));
}

Task<> Agent::feed_mirror(link::StreamPtr stream) {
  (void)co_await stream->write(mirror_of(common_.clusters[member_.cluster], common_.clock.utc()));
  (void)co_await stream->closed();
}

void Agent::hold(const wire::TrustBundle& bundle) {
  trust_came_ = common_.clock.monotonic();
  if (bundle.ca_pem() != common_.bundle) {
    common_.bundle = bundle.ca_pem();
    common_.pins.clear();
    for (const auto& one : pki::split_chain(common_.bundle)) {
      common_.pins.push_back(pki::inspect(one)->sha256);
    }
  }
  trust_.clear_ca_sha256();
  for (const auto& pin : common_.pins) trust_.add_ca_sha256(pin);
  wire::Report report;
  *report.mutable_trust() = trust_;
  if (link_->is_ready()) (void)link_->send(std::move(report));
}

void Agent::opened(wire::StreamOpen what, link::StreamPtr stream) {
  ++common_.tally.opened;
  common_.tasks.spawn("stream", serve(common_.tally.streams, std::move(what), std::move(stream)));
}

void Agent::tell_health() {
  if (!up_) return;
  wire::Report report;
  *report.mutable_health() = health_of(member_, common_.clock.utc());
  if (auto sent = link_->send(std::move(report)); !sent) link_->close(sent.error());
}

void Agent::leave(base::Duration away, bool politely) {
  if (!up_) return;
  away_ = away;
  // A link that ends for silence says no farewell.
  link_->close({politely ? ErrorCode::kUnavailable : ErrorCode::kTimeout, "churn", {}});
}

}  // namespace slipway::swarm
