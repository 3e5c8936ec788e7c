// SPDX-License-Identifier: Apache-2.0
#include "agent/link/agent_link.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "agent/link/enrol.hpp"
#include "agent/link/next_step.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/pki/pki.hpp"
#include "protocol/wire/limits.hpp"

namespace slipway::agent_link {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::chrono::hours kRenewalLook{1};      // so that a corrected clock is noticed
constexpr std::chrono::seconds kConnectLimit{30};  // after its restart a controller has thousands
constexpr std::chrono::seconds kUpgradeLimit{10};  // a controller that hangs is found as on a link
constexpr char kSubprotocol[] = "slipway.v1";
constexpr char kForeignCa[] =
    "the controller shows a CA that this machine does not know. Where it was changed while the "
    "machine was away, compare its digest with the administrator's and run `slipway-agent trust "
    "DIGEST`, then `systemctl restart slipway-agent`; or replace the machine";

}  // namespace

struct AgentLink::State {
  State(boost::asio::any_io_executor on, AgentLinkOptions given, AgentLinkHandlers taken,
        const base::Clock& time)
      : executor(std::move(on)),
        options(std::move(given)),
        handlers(std::move(taken)),
        clock(time),
        store(options.state_dir),
        backoff(options.backoff, options.seed),
        trust_changed(executor) {}

  Task<Result<>> attempt();
  Task<Result<>> certify(Step step);
  Task<Result<>> dial();
  Task<> keep_certificate();
  Task<base::Error> run_link(std::unique_ptr<net::Transport> transport);
  link::LinkHandlers link_handlers();
  wire::Hello hello() const;
  Result<> look();
  void take_trust(const wire::TrustBundle& bundle);
  wire::TrustHeld trust_held() const;
  void tell_trust();
  bool certificate_due() const;
  void tell_failure(const base::Error& why) const;
  void heard_clock(std::int64_t offset_ms);
  base::UtcTime controller_utc() const { return clock.utc() + controller_offset; }

  boost::asio::any_io_executor executor;
  AgentLinkOptions options;
  AgentLinkHandlers handlers;
  const base::Clock& clock;
  IdentityStore store;
  base::Backoff backoff;
  std::optional<Identity> identity;
  Standing standing;
  std::string wanted_issuer;  // the CA that shall have signed the certificate; empty: not told
  base::Wakeup trust_changed;
  std::unique_ptr<link::Link> link;
  std::chrono::milliseconds controller_offset{0};  // its clock minus ours, as last heard
  std::chrono::seconds health_interval = wire::kHealthInterval;  // as the controller wants it
  base::MonotonicTime confirmed{};              // when what the controller answered last was sent
  std::optional<base::MonotonicTime> up_since;  // of the present or last link, if it was ready
};

/// Reads the disk into `identity` and `standing`.
Result<> AgentLink::State::look() {
  auto loaded = store.load(options.controller.ca_sha256);
  if (!loaded) return fail(loaded);
  identity = std::move(*loaded);
  standing.certified = identity.has_value();
  standing.has_token = !options.token.empty();
  if (identity) {
    standing.not_before = identity->not_before;
    standing.not_after = identity->not_after;
  }
  return {};
}

/// Certificates are judged by the controller's clock, who signs them: ours may be wrong by days
/// until the bootstrap's clock step, which needs the link, has set it.
void AgentLink::State::heard_clock(std::int64_t offset_ms) {
  controller_offset = std::chrono::milliseconds(offset_ms);
  if (handlers.controller_clock) handlers.controller_clock(offset_ms);
}

/// A renewal that was tried because the token was refused says nothing new of why.
void AgentLink::State::tell_failure(const base::Error& why) const {
  const bool second_try = standing.renew_denied && standing.has_token && !standing.certified;
  if (handlers.failed && !second_try) handlers.failed(why);
}

/// One way from where we stand to a link that has ended; an error says why there is none.
Task<Result<>> AgentLink::State::attempt() {
  if (auto looked = look(); !looked) co_return looked;
  const Step step = next_step(standing, controller_utc());
  if (step != Step::kDial) {
    if (auto certified = co_await certify(step); !certified) co_return certified;
  }
  co_return co_await dial();
}

Task<Result<>> AgentLink::State::certify(Step step) {
  const bool enrols = step == Step::kEnrol;
  auto key = store.key();
  if (!key) co_return fail(key);
  auto csr = pki::make_csr(*key, "node");
  if (!csr) co_return fail(csr);
  wire::EnrolRequest request;
  if (enrols) request.set_token(options.token);
  request.set_csr_pem(*csr);
  if (handlers.facts) *request.mutable_facts() = handlers.facts();
  auto response = co_await ask_certificate(executor, options.controller, std::move(request));
  const bool denied = !response && response.error().code == ErrorCode::kDenied;
  standing.enrol_denied = enrols && denied;
  standing.renew_denied = !enrols && denied;
  if (!response) co_return fail(response);
  auto kept = store.keep(*response, options.controller.ca_sha256);
  if (!kept) co_return fail(kept);
  options.controller.ca_sha256 = digests_of(kept->ca_pem);
  if (auto remembered = store.remember(options.controller); !remembered) co_return remembered;
  spdlog::info("link: {} as machine {}", enrols ? "enrolled" : "certificate renewed",
               kept->machine_id);
  identity = std::move(*kept);
  standing.certified = true;
  standing.certificate_refused = false;
  standing.not_before = identity->not_before;
  standing.not_after = identity->not_after;
  if (response->utc_ms() > 0) heard_clock(response->utc_ms() - base::to_unix_ms(clock.utc()));
  co_return Result<>{};
}

Task<Result<>> AgentLink::State::dial() {
  net::HttpClientOptions to{.endpoint = options.controller.endpoint};
  to.connect_timeout = kConnectLimit;
  to.response_timeout = kUpgradeLimit;
  to.tls = net::TlsClient{.ca_pem = identity->ca_pem,
                          .judged_at = controller_utc(),
                          .certificate_pem = identity->certificate_pem,
                          .key_pem = identity->key_pem};
  auto transport = co_await net::dial_websocket(executor, std::move(to), "/link",
                                                {{"Sec-WebSocket-Protocol", kSubprotocol}},
                                                wire::kMaxFrameBytes);
  if (!transport) {
    standing.certificate_refused = transport.error().code == ErrorCode::kDenied;
    co_return fail(transport);
  }
  co_return std::unexpected(co_await run_link(std::move(*transport)));
}

Task<base::Error> AgentLink::State::run_link(std::unique_ptr<net::Transport> transport) {
  using namespace boost::asio::experimental::awaitable_operators;
  // Gone from `link` on every way out, also when cancelled.
  struct Holder {
    State& state;
    ~Holder() {
      state.link.reset();
      if (state.up_since && state.handlers.changed) state.handlers.changed(false);
    }
  } holder{*this};
  link = std::make_unique<link::Link>(wire::Side::kAgent, hello(), std::move(transport),
                                      link_handlers(), clock);
  auto ended = co_await (link->run() || keep_certificate());
  if (auto* why = std::get_if<0>(&ended)) co_return std::move(*why);
  co_return base::Error{ErrorCode::kInternal, "the certificate's keeper ended", {}};
}

/// Half of its life is over, or another CA signs now.
bool AgentLink::State::certificate_due() const {
  if (controller_utc() >= renewal_time(standing.not_before, standing.not_after)) return true;
  return !wanted_issuer.empty() &&
         wanted_issuer != pki::issuer_of(identity->certificate_pem, identity->ca_pem);
}

/// Renews in time, for the next dial; the present link lives on.
Task<> AgentLink::State::keep_certificate() {
  using namespace boost::asio::experimental::awaitable_operators;
  for (;;) {
    base::Duration pause = renewal_retry(standing.not_before, standing.not_after);
    if (certificate_due()) {
      if (auto renewed = co_await certify(Step::kRenew); renewed) {
        tell_trust();
      } else {
        spdlog::warn("link: the certificate is not renewed: {}", renewed.error().message);
      }
    } else {
      const base::Duration left =
          renewal_time(standing.not_before, standing.not_after) - controller_utc();
      pause = std::min<base::Duration>(left, kRenewalLook);
    }
    co_await (base::sleep_for(pause) || trust_changed.wait());
  }
}

wire::TrustHeld AgentLink::State::trust_held() const {
  wire::TrustHeld held;
  for (const auto& pin : digests_of(identity->ca_pem)) held.add_ca_sha256(pin);
  held.set_issuer_sha256(pki::issuer_of(identity->certificate_pem, identity->ca_pem));
  return held;
}

void AgentLink::State::tell_trust() {
  wire::Report report;
  *report.mutable_trust() = trust_held();
  if (link && link->is_ready()) (void)link->send(std::move(report));
}

/// Told only once it is on disk: the controller changes its certificate when all agents told so.
void AgentLink::State::take_trust(const wire::TrustBundle& bundle) {
  auto pins = store.trust(bundle.ca_pem(), options.controller.ca_sha256);
  if (!pins) return spdlog::error("link: the CAs told are not taken: {}", pins.error().message);
  if (*pins != options.controller.ca_sha256) {
    spdlog::info("link: {} CA(s) of the controller trusted from now on", pins->size());
  }
  options.controller.ca_sha256 = std::move(*pins);
  if (auto kept = store.remember(options.controller); !kept) {
    return spdlog::error("link: the CAs told are not kept: {}", kept.error().message);
  }
  identity->ca_pem = bundle.ca_pem();
  wanted_issuer = bundle.issuer_sha256();
  tell_trust();
  trust_changed.notify();
}

link::LinkHandlers AgentLink::State::link_handlers() {
  link::LinkHandlers to;
  to.ready = [this](const wire::Ready& ready) {
    spdlog::info("link: down -> up ({}, protocol {})", ready.peer.software(), ready.version);
    up_since = clock.monotonic();
    confirmed = *up_since;
    health_interval = wire::health_interval(ready.peer);
    options.token.clear();  // spent: from now on the key alone proves the machine
    heard_clock(ready.peer.utc_ms() - base::to_unix_ms(clock.utc()));
    wire::Report full;
    if (handlers.state) *full.mutable_state() = handlers.state();
    *full.mutable_state()->mutable_trust() = trust_held();
    auto sent = link->send(full);
    if (!sent && sent.error().code == ErrorCode::kInvalid) {  // too large: the rest is told without
      full.mutable_state()->clear_outcomes();
      sent = link->send(std::move(full));
    }
    if (!sent) return link->close(sent.error());
    if (handlers.changed) handlers.changed(true);
  };
  to.order = [this](wire::Order order) {
    if (order.has_trust()) return take_trust(order.trust());
    if (handlers.order) handlers.order(std::move(order));
  };
  to.opened = [this](wire::StreamOpen what, bool interactive, link::StreamPtr stream) {
    if (handlers.opened) handlers.opened(std::move(what), interactive, std::move(stream));
  };
  to.round_trip = [this](const wire::RoundTrip& trip) {
    confirmed = clock.monotonic() - trip.time;
    heard_clock(trip.peer_offset_ms);
  };
  return to;
}

wire::Hello AgentLink::State::hello() const {
  wire::Hello own;
  own.set_version_min(wire::kProtocolVersion);
  own.set_version_max(wire::kProtocolVersion);
  own.set_software(options.software);
  own.set_incarnation(options.incarnation);
  own.set_utc_ms(base::to_unix_ms(clock.utc()));
  own.set_takes_batches(true);
  return own;
}

AgentLink::AgentLink(boost::asio::any_io_executor executor, AgentLinkOptions options,
                     AgentLinkHandlers handlers, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), std::move(handlers),
                                     clock)) {}

AgentLink::~AgentLink() = default;

Task<> AgentLink::run() {
  State& state = *state_;
  for (;;) {
    state.up_since.reset();
    auto ended = co_await state.attempt();
    if (state.up_since) state.backoff.lasted(state.clock.monotonic() - *state.up_since);
    if (!ended) state.tell_failure(ended.error());
    const auto wait = state.backoff.next();
    spdlog::warn("link: down ({}), next attempt in {} ms", ended ? "ended" : ended.error().message,
                 wait.count());
    if (!ended && ended.error().field == "ca") spdlog::error("link: {}", kForeignCa);
    co_await base::sleep_for(wait);
  }
}

Result<> AgentLink::send(wire::Report report) {
  if (!up()) return fail(ErrorCode::kUnavailable, "the link is down");
  auto sent = state_->link->send(std::move(report));
  // What does not fit is not dropped in silence: the next link begins with the full view.
  if (!sent && sent.error().code == ErrorCode::kExhausted) state_->link->close(sent.error());
  return sent;
}

Result<link::StreamPtr> AgentLink::open(wire::StreamOpen what, bool interactive) {
  if (!up()) return fail(ErrorCode::kUnavailable, "the link is down");
  return state_->link->open(std::move(what), interactive);
}

bool AgentLink::up() const {
  return state_->link && state_->link->is_ready();
}

bool AgentLink::confirmed() {
  if (!up()) return false;
  if (state_->clock.monotonic() - state_->confirmed < kLease) return true;
  state_->link->close(
      {ErrorCode::kTimeout, "the controller is silent for too long for a gateway to act", {}});
  return false;
}

std::chrono::seconds AgentLink::health_interval() const {
  return state_->health_interval;
}

std::string AgentLink::machine_id() const {
  return state_->identity ? state_->identity->machine_id : std::string();
}

}  // namespace slipway::agent_link
