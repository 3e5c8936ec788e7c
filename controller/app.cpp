// SPDX-License-Identifier: Apache-2.0
#include "controller/app.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <stdexcept>

#include "cloud-init/user_data.hpp"
#include "controller/http/console_api.hpp"
#include "controller/http/resources.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::controller {

namespace {

/// The API, and the page that uses it.
http::Routes public_routes(http::Services& services) {
  auto routes = http::all_routes(services);
  auto page = http::console_routes(console::files());
  std::ranges::move(page, std::back_inserter(routes));
  return routes;
}

/// The value, or an end of the start with the message.
template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

net::HttpServerOptions public_options(const config::Listen& listen, int socket,
                                      net::TlsServer tls) {
  net::HttpServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.listening_fd = socket;
  options.tls = std::move(tls);
  options.max_body_bytes = http::kMaxProxyBytes;
  options.refusal = http::PublicApi::refusal;
  return options;
}

}  // namespace

App::App(boost::asio::io_context& io, config::Config config, config::StateDirectory state,
         int public_socket)
    : config_(std::move(config)),
      state_(std::move(state)),
      public_socket_(public_socket),
      executor_(io.get_executor()),
      pool_(kBlockingThreads),
      database_(must(store::Database::open(state_.database()))),
      secrets_(must(secrets::Secrets::open(*database_, state_.master_key()))),
      authority_(must(links::Authority::open(*database_, *secrets_, clock_))),
      audit_(*database_, clock_),
      audit_heads_(audit_, clock_, state_.audit_heads()),
      accounts_(*database_, clock_, pool_),
      quotas_(*database_, accounts_.tenancy(), clock_),
      cloud_(executor_, pool_,
             {.directory = state_.cloud(),
              .installation = state_.installation(),
              .image = config_.cloud.image,
              .subnet = config_.cloud.subnet}),
      roster_(*database_, *secrets_, clock_, must(clusters::load_node_image(config_.cloud.image)),
              cloud_.small_machines()),
      links_(executor_, clock_),
      enrolment_(*database_, cloud_, audit_, roster_, *authority_, config_.agents.certificate_life,
                 clock_),
      ca_rotation_(executor_, *database_, *authority_, links_, roster_, clock_),
      registry_(*database_),
      relay_(executor_, registry_, roster_),
      intents_(executor_, *database_, links_, roster_, clock_),
      mirror_(executor_, *database_, links_, roster_, clock_),
      releases_(config_.agents.releases.empty() ? state_.agent_releases()
                                                : config_.agents.releases),
      release_files_(releases_, wanted_releases(*database_), pool_),
      recordings_(state_.recordings(), config_.shells.keep_recordings, clock_),
      changes_(executor_),
      agents_(links_, enrolment_, intents_, registry_, mirror_),
      clusters_(executor_, foundation()),
      feed_(clusters_, changes_, clock_),
      public_certificate_(config_, *authority_, clock_),
      streams_(links_, accounts_),
      services_(services()),
      borders_(executor_, services_),
      quota_keeper_(executor_, services_),
      application_definition_(executor_, services_),
      canary_keeper_(executor_, services_),
      api_(services_, public_routes(services_)),
      public_server_(
          executor_, public_options(config_.listen, public_socket_, first_public_tls()),
          [this](net::HttpRequest request) { return api_.answer(std::move(request)); },
          [this](net::HttpRequest request) { return api_.upgrade(std::move(request)); }),
      tasks_(executor_) {
  links_.set(roster_);
  links_.add(static_cast<links::LinkListener&>(ca_rotation_));
  // Before the clusters, which may make the machine the gateway: what it did is taken first.
  links_.add(static_cast<links::LinkListener&>(intents_));
  links_.add(static_cast<links::LinkListener&>(clusters_));
  links_.add(static_cast<links::LinkListener&>(mirror_));
  links_.add(static_cast<links::StreamTaker&>(mirror_));
  links_.add(static_cast<links::StreamTaker&>(relay_));
  links_.add(static_cast<links::StreamTaker&>(release_files_));
  mirror_.add(feed_);
  mirror_.add(borders_);
  mirror_.add(quota_keeper_);
  mirror_.add(application_definition_);
  mirror_.add(canary_keeper_);
  authority_->on_change([this] {
    look_at_public_certificate();
    if (auto written = write_roots(); !written) spdlog::error("{}", written.error().message);
  });
  watch_gauges();
}

App::~App() = default;

clusters::Foundation App::foundation() {
  return {.database = *database_,
          .secrets = *secrets_,
          .cloud = cloud_,
          .roster = roster_,
          .agents = agents_,
          .changes = changes_,
          .clock = clock_,
          .releases = releases_,
          .user_data = [this](const std::string& token) { return user_data(token); },
          .seed = std::random_device{}()};
}

http::Services App::services() {
  return {.accounts = accounts_,
          .audit = audit_,
          .clusters = clusters_,
          .key_pairs = key_pairs_,
          .changes = changes_,
          .links = links_,
          .streams = streams_,
          .intents = intents_,
          .mirror = mirror_,
          .cloud = cloud_,
          .metrics = metrics_,
          .clock = clock_,
          .ca_rotation = ca_rotation_,
          .releases = releases_,
          .recordings = recordings_,
          .quotas = quotas_,
          .manifests = manifests_,
          .roots_pem = [this] { return public_certificate_.roots_pem(); },
          .parts = [this] { return parts(); }};
}

base::Task<base::Result<>> App::start() {
  if (auto written = write_roots(); !written) co_return written;
  if (auto made = co_await ensure_administrator(); !made) co_return made;
  if (auto up = public_server_.start(); !up) co_return up;
  spdlog::info("serving on https://{}:{}", config_.listen.address, public_server_.port());
  tasks_.spawn("public certificate", keep_public_certificate());
  tasks_.spawn("recordings", expire_recordings());
  tasks_.spawn("audit heads", write_audit_heads());
  tasks_.spawn("whom agents trust", ca_rotation_.run());
  tasks_.spawn("rights that end", end_with_rights());

  if (auto up = co_await cloud_.start(); !up) co_return up;
  cloud_up_ = true;
  mirror_.start();
  borders_.start();
  quota_keeper_.start();
  application_definition_.start();
  canary_keeper_.start();
  clusters_.start();
  if (auto up = open_agent_listener(); !up) co_return up;
  agents_up_ = true;
  spdlog::info("ready; agents are expected at {}", cloud_.agent_endpoint(kAgentPort));
  co_return base::Result<>{};
}

base::Task<> App::stop() {
  // First who comes in, then what works, then what it stands on.
  co_await public_server_.stop(kStopGrace);
  co_await borders_.stop();
  co_await quota_keeper_.stop();
  co_await application_definition_.stop();
  co_await canary_keeper_.stop();
  co_await clusters_.stop();
  co_await links_.stop();
  if (agent_listener_) co_await agent_listener_->stop(kStopGrace);
  if (cloud_up_) co_await mirror_.stop();
  co_await cloud_.stop();
  co_await tasks_.join();
  if (auto written = audit_heads_.write(); !written) {
    spdlog::error("audit log: {}", written.error().message);
  }
  pool_.join();
}

base::Result<> App::open_agent_listener() {
  auto socket = cloud_.listen(kAgentPort);
  if (!socket) return base::fail(socket);
  const auto endpoint = cloud_.agent_endpoint(kAgentPort);
  agent_listener_ = std::make_unique<links::AgentListener>(
      executor_,
      links::AgentListenerOptions{.address = endpoint.substr(0, endpoint.rfind(':')),
                                  .port = kAgentPort,
                                  .listening_fd = *socket},
      links_, enrolment_, audit_, *authority_, clock_);
  return agent_listener_->start();
}

base::Task<> App::expire_recordings() {
  for (;;) {
    recordings_.expire();
    co_await base::sleep_for(kRecordingsLook);
  }
}

base::Task<> App::end_with_rights() {
  for (;;) {
    co_await base::sleep_for(http::kRightsAge);
    try {
      co_await http::end_with_rights(services_);
    } catch (const boost::system::system_error&) {
      throw;                                 // the end
    } catch (const std::exception& error) {  // of the store; asked again next time
      spdlog::error("rights that end: {}", error.what());
    }
  }
}

base::Task<> App::write_audit_heads() {
  if (auto fits = audit_heads_.check_last(); !fits) {
    spdlog::error("audit log: {}", fits.error().message);
    audit_.record({.actor = "controller",
                   .action = "audit.broken",
                   .object = "audit",
                   .outcome = std::string(base::name_of(fits.error().code)),
                   .detail = fits.error().message});
  }
  for (;;) {
    if (auto written = audit_heads_.write(); !written) {
      spdlog::error("audit log: {}", written.error().message);
    }
    co_await base::sleep_for(access::kHeadInterval);
  }
}

base::Task<base::Result<>> App::ensure_administrator() {
  co_return co_await accounts_.ensure_administrator([this](const std::string& password) {
    const auto file = state_.first_password();
    spdlog::info("making the first administrator; the password is in {}", file.string());
    return base::write_file(file, password + "\n", 0600);
  });
}

net::TlsServer App::first_public_tls() {
  return must(public_certificate_.look()).value();
}

base::Result<> App::write_roots() const {
  return base::write_file(state_.ca(), public_certificate_.roots_pem());
}

/// New connections get the new certificate; those that are open live on.
void App::look_at_public_certificate() {
  auto fresh = public_certificate_.look();
  base::Result<> done = fresh ? base::Result<>{} : base::fail(fresh);
  if (fresh && *fresh) done = public_server_.renew(std::move(**fresh));
  if (fresh && *fresh && done) done = write_roots();
  const auto fault = done ? std::string() : done.error().message;
  if (!fault.empty() && fault != certificate_fault_) {
    spdlog::error("public certificate: the one before stays in force: {}", fault);
  }
  certificate_fault_ = fault;
}

void App::reload() {
  certificate_fault_.clear();  // who asks is answered each time
  look_at_public_certificate();
}

base::Task<> App::keep_public_certificate() {
  for (;;) {
    co_await base::sleep_for(kCertificateLook);
    look_at_public_certificate();
  }
}

std::string App::user_data(const std::string& token) const {
  const auto endpoint = cloud_.agent_endpoint(kAgentPort);
  return must(cloud_init::render(
      cloud_init::UserData{.controller_host = endpoint.substr(0, endpoint.rfind(':')),
                           .controller_port = kAgentPort,
                           .ca_sha256 = authority_->pins(),
                           .token = token}));
}

std::vector<http::Part> App::parts() const {
  return {{.name = "store", .ready = true, .detail = {}},
          {.name = "cloud",
           .ready = cloud_up_,
           .detail = cloud_up_ ? "" : "the local cloud is being brought up"},
          {.name = "agents",
           .ready = agents_up_,
           .detail = agents_up_ ? "" : "agents cannot connect yet"}};
}

void App::watch_gauges() {
  // Counted by the database: they are asked for each few seconds, and rows are thousands.
  const auto counted = [this](const char* query) {
    return [this, query] {
      auto row = database_->prepare(query);
      row.step();
      return static_cast<double>(row.number(0));
    };
  };
  metrics_.watch("slipway_links_connected", "Agents connected now",
                 [this] { return static_cast<double>(links_.connected().size()); });
  metrics_.watch("slipway_clusters", "Clusters",
                 counted("SELECT count(*) FROM clusters WHERE deleted_ms IS NULL"));
  metrics_.watch("slipway_machines", "Machines of all clusters",
                 counted("SELECT count(*) FROM machines"));
  metrics_.watch("slipway_sessions", "Users logged in",
                 [this] { return static_cast<double>(accounts_.sessions().count()); });
  metrics_.watch("slipway_event_subscribers", "Readers of the event sockets",
                 [this] { return static_cast<double>(changes_.subscribers()); });
}

}  // namespace slipway::controller
