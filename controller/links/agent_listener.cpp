// SPDX-License-Identifier: Apache-2.0
#include "controller/links/agent_listener.hpp"

#include <algorithm>

#include "controller/links/attempts.hpp"
#include "controller/links/pace.hpp"
#include "controller/links/problem.hpp"
#include "protocol/base/letter_case.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/field_list.hpp"

namespace slipway::links {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Task;
using net::HttpRequest;
using net::HttpResponse;
using net::HttpServer;

namespace {

constexpr std::chrono::seconds kCountAnew{10};

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// The rim: what is not a well-formed EnrolRequest ends here.
std::variant<wire::EnrolRequest, HttpResponse> read_enrolment(const HttpRequest& request) {
  if (request.method != "POST") {
    HttpResponse no = problem({ErrorCode::kInvalid, "only POST is served here", "method"}, 405);
    no.headers.set("Allow", "POST");
    return no;
  }
  const std::string_view type = request.headers.get("Content-Type");
  if (base::lower_case(trimmed(type.substr(0, type.find(';')))) != kProtobufType) {
    return problem(
        {ErrorCode::kInvalid, std::string("send Content-Type ") + kProtobufType, "content-type"},
        415);
  }
  if (request.body.size() > kMaxEnrolBytes) {
    return problem({ErrorCode::kInvalid, "an enrolment has at most 64 KiB", "body"}, 413);
  }
  wire::EnrolRequest parsed;
  if (request.body.empty() || !parsed.ParseFromString(request.body)) {
    return problem({ErrorCode::kInvalid, "the body is no EnrolRequest message", "body"});
  }
  return parsed;
}

HttpResponse reply(const Result<wire::EnrolResponse>& outcome) {
  if (!outcome) return problem(outcome.error());
  HttpResponse response;
  response.headers.set("Content-Type", kProtobufType);
  response.headers.set("Cache-Control", "no-store");
  response.body = outcome->SerializeAsString();
  return response;
}

}  // namespace

struct AgentListener::State : LinkListener {
  State(boost::asio::any_io_executor executor, AgentListenerOptions options, Links& links,
        Enrolment& enrolment, access::Audit& audit, const Authority& authority,
        const base::Clock& clock)
      : executor(executor),
        options(std::move(options)),
        links(links),
        enrolment(enrolment),
        audit(audit),
        authority(authority),
        clock(clock),
        tasks(executor) {}

  void link_up(const MachineId& machine, const wire::NodeState&) override {
    enrolment.link_opened(machine);
  }

  Result<net::TlsServer> certificate() const;
  void renew_certificate();
  Task<> keep_certificate();
  HttpResponse refuse_link(const HttpRequest& request, const Error& why, int status = 0);
  Task<> run_link(MachineId machine, std::unique_ptr<net::Transport> transport);
  std::size_t machines();

  boost::asio::any_io_executor executor;
  AgentListenerOptions options;
  Links& links;
  Enrolment& enrolment;
  access::Audit& audit;
  const Authority& authority;
  const base::Clock& clock;
  Attempts attempts;
  std::size_t enrolled = 0;                    ///< machines, as of `counted`
  std::optional<base::MonotonicTime> counted;  ///< empty: never
  std::unique_ptr<HttpServer> server;
  base::TaskScope tasks;
};

Result<net::TlsServer> AgentListener::State::certificate() const {
  pki::CertificateRequest wanted;
  wanted.common_name = "slipway-controller";
  wanted.ip_addresses = {options.address};
  wanted.usage = pki::Usage::kServer;
  wanted.not_before = clock.utc() - std::chrono::hours{1};  // booting nodes have odd clocks
  wanted.not_after = clock.utc() + kServerCertificateLife;
  auto pair = pki::issue(authority.issuer(), wanted);
  if (!pair) return base::fail(pair);
  return net::TlsServer{pair->certificate_pem + authority.issuer().certificate_pem, pair->key_pem,
                        authority.bundle_pem()};
}

Task<> AgentListener::State::keep_certificate() {
  while (true) {
    co_await base::sleep_for(kServerCertificateRenewal);
    if ((co_await boost::asio::this_coro::cancellation_state).cancelled() !=
        boost::asio::cancellation_type::none) {
      co_return;
    }
    renew_certificate();
  }
}

void AgentListener::State::renew_certificate() {
  if (!server) return;
  auto fresh = certificate();
  Result<> done = fresh ? server->renew(std::move(*fresh)) : base::fail(fresh);
  if (!done) spdlog::error("the agents' server certificate: {}", done.error().message);
}

HttpResponse AgentListener::State::refuse_link(const HttpRequest& request, const Error& why,
                                               int status) {
  const std::string& name = request.peer.identity;
  spdlog::warn("link from {} ({}) refused: {}", request.peer.address,
               name.empty() ? "no certificate" : name, why.message);
  audit.record({.actor = name.empty() ? "-" : "machine:" + name,
                .role = {},
                .from = request.peer.address,
                .action = "link.refused",
                .object = name.empty() ? "-" : "machine/" + name,
                .outcome = std::string(name_of(why.code)),
                .detail = why.field + ": " + why.message,
                .request_id = {}});
  return problem(why, status);
}

Task<> AgentListener::State::run_link(MachineId machine,
                                      std::unique_ptr<net::Transport> transport) {
  // It may have been deleted between the answer to its upgrade and now.
  const auto role = enrolment.enrolled(machine);
  if (!role) co_return transport->close();
  co_await links.serve(std::move(machine), std::move(transport), pace_of(*role, machines()));
}

/// Thousands come at once: they are not counted for each.
std::size_t AgentListener::State::machines() {
  const auto now = clock.monotonic();
  if (!counted || now - *counted >= kCountAnew) {
    counted = now;
    enrolled = enrolment.enrolled_count();
  }
  return enrolled;
}

AgentListener::AgentListener(boost::asio::any_io_executor executor, AgentListenerOptions options,
                             Links& links, Enrolment& enrolment, access::Audit& audit,
                             Authority& authority, const base::Clock& clock)
    : state_(std::make_unique<State>(executor, std::move(options), links, enrolment, audit,
                                     authority, clock)) {
  links.add(*state_);
  authority.on_change([state = state_.get()] { state->renew_certificate(); });
}
AgentListener::~AgentListener() = default;

Result<> AgentListener::start() {
  auto tls = state_->certificate();
  if (!tls) return base::fail(tls);
  net::HttpServerOptions options;
  options.address = state_->options.address;
  options.port = state_->options.port;
  options.listening_fd = state_->options.listening_fd;
  options.tls = std::move(*tls);
  options.max_body_bytes = kMaxEnrolBytes;
  options.max_message_bytes = wire::kMaxFrameBytes;
  options.max_connections = kMaxAgents;
  state_->server = std::make_unique<HttpServer>(
      state_->executor, std::move(options),
      [this](HttpRequest request) { return answer(std::move(request)); },
      [this](HttpRequest request) { return upgrade(std::move(request)); });
  if (auto started = state_->server->start(); !started) return started;
  state_->tasks.spawn("agents' server certificate", state_->keep_certificate());
  return {};
}

unsigned short AgentListener::port() const {
  return state_->server ? state_->server->port() : 0;
}

Task<> AgentListener::stop(std::chrono::milliseconds grace) {
  if (!state_->server) co_return;
  co_await state_->server->stop(grace);
  co_await state_->tasks.join();
}

Task<HttpResponse> AgentListener::answer(HttpRequest request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const bool renewal = path == "/renew";
  if (path != "/enrol" && !renewal) {
    co_return problem({ErrorCode::kNotFound, "agents find /enrol, /renew and /link here", "path"});
  }
  if (!state_->attempts.allow(request.peer.address, state_->clock.monotonic())) {
    co_return problem({ErrorCode::kExhausted, "too many attempts; wait a little", "rate"});
  }
  auto read = read_enrolment(request);
  if (auto* refusal = std::get_if<HttpResponse>(&read)) co_return std::move(*refusal);
  auto& message = std::get<wire::EnrolRequest>(read);
  Enrolment& enrolment = state_->enrolment;
  if (renewal) co_return reply(co_await enrolment.renew(std::move(message), request.peer.address));
  co_return reply(co_await enrolment.enrol(std::move(message), request.peer.address));
}

Task<HttpServer::Decision> AgentListener::upgrade(HttpRequest request) {
  State& state = *state_;
  if (request.target.substr(0, request.target.find('?')) != "/link") {
    co_return problem({ErrorCode::kNotFound, "the agents' WebSocket is /link", "path"});
  }
  if (!state.attempts.allow(request.peer.address, state.clock.monotonic())) {
    co_return problem({ErrorCode::kExhausted, "too many attempts; wait a little", "rate"});
  }
  if (request.peer.identity.empty()) {
    co_return state.refuse_link(
        request, {ErrorCode::kDenied, "a link needs a client certificate", "certificate"}, 401);
  }
  const auto offered = net::members_of(request.headers.get("Sec-WebSocket-Protocol"));
  if (std::ranges::find(offered, std::string_view{kLinkProtocol}) == offered.end()) {
    co_return state.refuse_link(
        request,
        {ErrorCode::kInvalid, std::string("offer the subprotocol ") + kLinkProtocol, "protocol"});
  }
  MachineId machine{request.peer.identity};
  if (auto ok = co_await state.enrolment.admit(machine, request.peer.address); !ok) {
    co_return state.refuse_link(request, ok.error());
  }
  HttpServer::Session session;
  session.protocol = kLinkProtocol;
  session.run = [&state, machine](std::unique_ptr<net::Transport> transport) {
    return state.run_link(machine, std::move(transport));
  };
  co_return session;
}

}  // namespace slipway::links
