// SPDX-License-Identifier: Apache-2.0
#include "agent/app.hpp"

#include <malloc.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <cstdlib>
#include <random>

#include "agent/admission/admission_server.hpp"
#include "agent/bootstrap/bootstrap.hpp"
#include "agent/bootstrap/space.hpp"
#include "agent/bootstrap/system_host.hpp"
#include "agent/containers/containerd.hpp"
#include "agent/discovery/loopback_relay.hpp"
#include "agent/dns/cluster_dns.hpp"
#include "agent/facts/facts.hpp"
#include "agent/kube/gateway.hpp"
#include "agent/link/console.hpp"
#include "agent/link/obstacle.hpp"
#include "agent/logs/logs.hpp"
#include "agent/metrics/metrics_server.hpp"
#include "agent/release/upgrade.hpp"
#include "agent/terminal/terminal.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/systemd_notify.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/version.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using base::ErrorCode;
using base::Task;

namespace {

constexpr std::size_t kPoolThreads = 2;  // log files are read and parsed there
constexpr std::chrono::seconds kStopLimit{8};
constexpr std::chrono::seconds kMirrorPause{1};
constexpr std::size_t kIncarnationBytes = 8;

std::filesystem::path private_directory(std::filesystem::path path) {
  std::filesystem::create_directories(path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

agent_release::SlotStore slots_of(const config::AgentConfig& config) {
  return agent_release::SlotStore(config.state_dir / "agent");
}

struct App::State {
  State(const config::AgentConfig& config, Origin origin, agent_release::Running running);

  Task<> run();
  Task<> stop();
  void take(wire::Order order);
  void open(wire::StreamOpen what, link::StreamPtr stream);
  wire::NodeState full_state() const;
  void link_changed(bool up);
  void link_failed(base::Error why);
  void tell(wire::Report report) { (void)link.send(std::move(report)); }
  bool is_gateway() const;
  bool acts_as_gateway();
  std::string node_name() const;
  Task<> learn_facts();
  Task<> watch_health();
  Task<> keep_mirror();
  Task<> feed_watchdog();

  std::filesystem::path state_dir;  // 0700 before any part writes into it
  asio::io_context io{1};
  asio::thread_pool pool{kPoolThreads};
  base::SystemClock clock;
  base::SystemdNotify systemd;

  // What this machine is, and how it fares.
  wire::NodeFacts facts;
  facts::HealthProbe health;

  // What it shall be: the steps that make it a node, with the machine that they work on.
  bootstrap::SystemHost host;
  bootstrap::Bootstrap bootstrap;

  // The node's DNS server, fed from the cluster's services.
  dns::ClusterDns dns;

  // On the gateway: intents to the API server, the mirror from it, requests through it.
  kube::Gateway gateway;

  // On masters, for the API server: what is used now, what may stand in projects' namespaces.
  metrics::MetricsServer metrics;
  admission::AdmissionServer admission;

  // Processes in containers, a shell on the node, logs: no kubelet on the way.
  containers::Containerd containerd;
  terminal::Terminal terminal;
  logs::Logs logs;

  // The one link, what is said where there is none, and etcd's discovery that is relayed over it.
  net::Endpoint controller;
  agent_link::Console console;
  agent_link::AgentLink link;
  discovery::LoopbackRelay relay;

  // Which program this is, and the one that it shall become.
  agent_release::SlotStore slots;
  agent_release::Upgrade upgrade;

  asio::signal_set signals;          // to stop; cancelled to start anew
  asio::steady_timer roles_changed;  // never fires; cancelled when link or role changed
  base::TaskScope streams;           // one task for each stream that the controller opened
  base::TaskScope tasks;             // the loops above
};

App::State::State(const config::AgentConfig& config, Origin origin, agent_release::Running running)
    : state_dir(private_directory(config.state_dir)),
      health("/", clock),
      host(io.get_executor(), clock),
      bootstrap(io.get_executor(), host, {.state_dir = config.state_dir, .seed = random_seed()},
                [this](const wire::StepReport& step) {
                  wire::Report report;
                  *report.mutable_step() = step;
                  tell(std::move(report));
                }),
      dns(io.get_executor(), {}),
      gateway(io.get_executor(), pool, clock, {.intents_dir = config.state_dir / "intents"}),
      metrics(io.get_executor(), clock, {}),
      admission(io.get_executor(), clock,
                {.node_name = [this] { return node_name(); },
                 .is_gateway = [this] { return acts_as_gateway(); }}),
      terminal(io.get_executor(), {.node_shell = config.node_shell}, containerd, clock),
      logs(io.get_executor(), pool),
      controller(origin.controller.endpoint),
      console(agent_link::write_console, clock),
      link(io.get_executor(),
           {.controller = std::move(origin.controller),
            .token = std::move(origin.token),
            .state_dir = config.state_dir,
            .software = std::string("slipway-agent ") + base::version(),
            .incarnation = pki::random_hex(kIncarnationBytes),
            .seed = random_seed()},
           {.facts = [this] { return facts; },
            .state = [this] { return full_state(); },
            .order = [this](wire::Order order) { take(std::move(order)); },
            .opened = [this](wire::StreamOpen what, bool,
                             link::StreamPtr stream) { open(std::move(what), std::move(stream)); },
            .controller_clock =
                [this](std::int64_t offset_ms) {
                  bootstrap.controller_clock(offset_ms);
                  health.controller_clock(offset_ms);
                },
            .changed = [this](bool up) { link_changed(up); },
            .failed = [this](const base::Error& why) { link_failed(why); }},
           clock),
      relay(io.get_executor(),
            [this](wire::StreamOpen what) { return link.open(std::move(what), false); }),
      slots(slots_of(config)),
      upgrade(io.get_executor(), pool, slots, std::move(running),
              {.allowed = config.agent_upgrade, .keys_file = config.agent_keys},
              {.open = [this](wire::StreamOpen what) { return link.open(std::move(what), false); },
               .tell =
                   [this](wire::ReleaseState state) {
                     wire::Report report;
                     *report.mutable_release() = std::move(state);
                     tell(std::move(report));
                   },
               .restart = [this] { signals.cancel(); }}),
      signals(io, SIGTERM, SIGINT),
      roles_changed(io, asio::steady_timer::time_point::max()),
      streams(io.get_executor()),
      tasks(io.get_executor()) {
  gateway.acts_while([this] { return acts_as_gateway(); });
  gateway.on_outcome([this](const wire::IntentOutcome& outcome) {
    wire::Report report;
    *report.mutable_outcome() = outcome;
    tell(std::move(report));
  });
}

void App::State::link_changed(bool up) {
  systemd.status(up ? "linked" : "waiting for the controller");
  if (up) console.say({wire::kLinked, "to the controller"});
  gateway.link_changed(up);
  upgrade.link_changed(up);
  roles_changed.cancel();
}

void App::State::link_failed(base::Error why) {
  why.message = bootstrap::with_full_disks(host, std::move(why.message));
  console.say(agent_link::obstacle_of(why, controller, agent_link::interfaces()));
}

/// What the controller asks for.
void App::State::take(wire::Order order) {
  switch (order.what_case()) {
    case wire::Order::kDesired:
      dns.domain(order.desired().kubernetes().cluster_domain());
      bootstrap.desire(std::move(*order.mutable_desired()));
      roles_changed.cancel();
      break;
    case wire::Order::kIntent:
      gateway.take(std::move(*order.mutable_intent()));
      break;
    case wire::Order::kIntentAck:
      gateway.acknowledge(order.intent_ack());
      break;
    case wire::Order::kRetry:
      bootstrap.retry();
      break;
    case wire::Order::kRelease:
      upgrade.want(std::move(*order.mutable_release()));
      break;
    case wire::Order::kTrust:  // the link's own
    case wire::Order::WHAT_NOT_SET:
      break;  // of a newer controller; its full view says the rest
  }
}

/// Whom the controller wants to speak to.
void App::State::open(wire::StreamOpen what, link::StreamPtr stream) {
  switch (what.kind_case()) {
    case wire::StreamOpen::kExec:
      return streams.spawn("exec", terminal.serve(std::move(*what.mutable_exec()), stream));
    case wire::StreamOpen::kNodeShell:
      return streams.spawn("shell", terminal.serve(std::move(*what.mutable_node_shell()), stream));
    case wire::StreamOpen::kTerminal:
      return streams.spawn("terminal", terminal.serve(std::move(*what.mutable_terminal()), stream));
    case wire::StreamOpen::kTerminals:
      return streams.spawn("terminals", terminal.serve(what.terminals(), stream));
    case wire::StreamOpen::kLogs:
      return streams.spawn("logs", logs.serve(std::move(*what.mutable_logs()), stream));
    case wire::StreamOpen::kJournal:
      return streams.spawn("journal", logs.serve(std::move(*what.mutable_journal()), stream));
    case wire::StreamOpen::kHttp:
      if (what.http().target() == wire::HttpOpen::KUBE_API) {
        return streams.spawn("proxy", gateway.serve(std::move(*what.mutable_http()), stream));
      }
      break;
    default:  // what agents open, and what a newer controller knows
      break;
  }
  stream->reset({ErrorCode::kInvalid, "this agent serves no such stream", "kind"});
}

wire::NodeState App::State::full_state() const {
  wire::NodeState state;
  *state.mutable_facts() = facts;
  state.mutable_facts()->set_node_shell(terminal.opens_node_shells());
  for (const wire::StepReport& step : bootstrap.steps()) *state.add_steps() = step;
  for (const wire::IntentOutcome& outcome : gateway.outcomes()) *state.add_outcomes() = outcome;
  state.set_bootstrapped(bootstrap.bootstrapped());
  state.set_desired_generation(bootstrap.generation());
  *state.mutable_release() = upgrade.state();
  return state;
}

/// Beside the link, since kubelet takes a while to say its version.
Task<> App::State::learn_facts() {
  facts = co_await facts::collect_facts("/", base::version());
  wire::Report report;
  *report.mutable_state() = full_state();
  tell(std::move(report));
}

Task<> App::State::watch_health() {
  for (;;) {
    wire::Report report;
    *report.mutable_health() = co_await health.sample();
    tell(std::move(report));
    terminal.tick();
    ::malloc_trim(0);  // what the bootstrap, lists of objects and ended streams leave behind
    co_await (base::sleep_for(link.health_interval()) ||
              roles_changed.async_wait(asio::as_tuple(asio::use_awaitable)));
  }
}

bool App::State::is_gateway() const {
  return link.up() && bootstrap.desired() && bootstrap.desired()->gateway();
}

/// So that two never act at once, the controller must have answered a moment ago.
bool App::State::acts_as_gateway() {
  const auto& desired = bootstrap.desired();
  return desired && desired->gateway() && link.confirmed();
}

std::string App::State::node_name() const {
  return bootstrap.desired() ? bootstrap.desired()->node_name() : std::string{};
}

/// One mirror stream while this node is the gateway and linked; begun anew when it ends.
Task<> App::State::keep_mirror() {
  const auto while_gateway = [this](bool wanted) -> Task<> {
    while (is_gateway() == wanted) {
      co_await roles_changed.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  };
  for (;;) {
    co_await while_gateway(false);
    wire::StreamOpen what;
    what.mutable_mirror()->set_cluster_id(bootstrap.desired()->cluster_id());
    if (auto stream = link.open(std::move(what), false)) {
      co_await (gateway.mirror(std::move(*stream)) || while_gateway(true));
    }
    co_await base::sleep_for(kMirrorPause);
  }
}

Task<> App::State::feed_watchdog() {
  if (systemd.watchdog_interval().count() == 0) co_return;
  for (;;) {
    systemd.alive();
    co_await base::sleep_for(systemd.watchdog_interval());
  }
}

Task<> App::State::run() {
  if (auto started = gateway.start(); !started) {
    spdlog::error("intents of before cannot be read: {}", started.error().message);
  }
  if (auto started = relay.start(); !started) {
    spdlog::error("etcd's discovery is not served: {}", started.error().message);
  }
  if (const auto& last = bootstrap.desired()) dns.domain(last->kubernetes().cluster_domain());
  tasks.spawn("link", link.run());
  tasks.spawn("bootstrap", bootstrap.run());
  tasks.spawn("dns", dns.run());
  tasks.spawn("metrics", metrics.run());
  tasks.spawn("admission", admission.run());
  tasks.spawn("facts", learn_facts());
  tasks.spawn("health", watch_health());
  tasks.spawn("mirror", keep_mirror());
  tasks.spawn("watchdog", feed_watchdog());
  tasks.spawn("release", upgrade.run());
  systemd.ready();
  auto [error, signal] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) spdlog::info("stopping: the next start is another release's");
  if (!error) spdlog::info("stopping on signal {}", signal);
}

/// Streams first, then the loops, then what both used; not longer than kStopLimit in all.
Task<> App::State::stop() {
  systemd.stopping();
  asio::steady_timer limit(io, kStopLimit);
  limit.async_wait([](boost::system::error_code cancelled) {
    if (cancelled) return;
    spdlog::critical("not stopped in time; what runs is cut");
    std::_Exit(1);
  });
  co_await streams.join();
  co_await terminal.stop();
  co_await tasks.join();
  co_await metrics.stop();
  co_await admission.stop();
  co_await relay.stop();
  co_await gateway.stop();
}

App::App(const config::AgentConfig& config, Origin origin, agent_release::Running running)
    : state_(std::make_unique<State>(config, std::move(origin), std::move(running))) {}

App::~App() = default;

int App::run() {
  State& state = *state_;
  bool stopped = false;
  asio::co_spawn(
      state.io,
      [](State* own) -> Task<> {
        co_await own->run();
        co_await own->stop();
      }(&state),
      [&](std::exception_ptr error) {
        stopped = error == nullptr;
        state.io.stop();  // what is left are the deadlines of kept connections, up to a minute
        if (error) std::rethrow_exception(error);
      });
  state.io.run();
  state.pool.join();
  return stopped ? 0 : 1;
}

}  // namespace slipway::agent
