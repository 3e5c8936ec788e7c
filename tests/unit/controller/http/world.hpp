// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>

#include "controller/http/public_api.hpp"
#include "controller/http/resources.hpp"
#include "controller/wiring.hpp"
#include "tests/fakes/fake_agent.hpp"
#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/release_directory.hpp"

namespace slipway::http {

/// The whole controller behind the public port, on a fake cloud and without sockets.
class World {
 public:
  World() {
    links.set(roster);
    // Before the clusters, which may make the machine the gateway: what it did is taken first.
    links.add(static_cast<links::LinkListener&>(intents));
    links.add(static_cast<links::LinkListener&>(clusters));
    links.add(static_cast<links::LinkListener&>(mirror));
    links.add(static_cast<links::StreamTaker&>(mirror));
    mirror.add(feed);
    (void)run(accounts.ensure_administrator([this](const std::string& made) {
      password = made;
      return base::Result<>{};
    }));
    auto user = run(accounts.login("admin", password, "127.0.0.1", &locked))->user;
    token = accounts.tokens().add(user.id, "test", std::chrono::hours(1))->text;
  }
  ~World() {
    run([](World& world) -> base::Task<bool> {
      co_await world.clusters.stop();
      co_await world.links.stop();
      co_await world.tasks.join();
      co_return true;
    }(*this));
  }

  template <class T>
  T run(base::Task<T> task) {
    std::optional<T> value;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T result) {
      failure = e;
      value.emplace(std::move(result));
      io.stop();
    });
    // Not before there is work: a pool's thread that is late with its last word to the loop, when
    // the loop has no other work, stops it.
    io.restart();
    io.run();
    if (failure) std::rethrow_exception(failure);
    if (!value) throw std::logic_error("the loop ended before the task did");
    return std::move(*value);
  }

  net::HttpRequest request(const std::string& method, const std::string& target,
                           const std::string& body = {}) {
    net::HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.peer.address = "127.0.0.1";
    request.headers.set("Host", "127.0.0.1:8443");
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    return request;
  }
  net::HttpRequest authorised(const std::string& method, const std::string& target,
                              const std::string& body = {}) {
    auto made = request(method, target, body);
    made.headers.set("Authorization", "Bearer " + token);
    return made;
  }
  net::HttpResponse send(net::HttpRequest request) { return run(api.answer(std::move(request))); }
  net::HttpResponse get(const std::string& target) { return send(authorised("GET", target)); }
  net::HttpResponse post(const std::string& target, const std::string& body) {
    return send(authorised("POST", target, body));
  }

  boost::asio::io_context io;
  boost::asio::thread_pool pool{1};
  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  secrets::Secrets secrets{*database, secrets::MasterKey::random()};
  std::unique_ptr<links::Authority> authority = *links::Authority::open(*database, secrets, clock);
  pki::KeyPair ca = authority->issuer();
  access::SqliteAudit audit{*database, clock};
  access::Accounts accounts{*database, clock, pool, {.operations = 1, .memory_bytes = 8 << 10}};
  fakes::FakeCloud cloud{io.get_executor()};
  clusters::NodeRoster roster{*database, secrets, clock,
                              clusters::NodeImage{.kubernetes = "v1.20.2",
                                                  .kubeadm_api = "v1beta2",
                                                  .sandbox_image = "pause",
                                                  .image_repository = "k8s.gcr.io",
                                                  .etcd_discovery = "v2",
                                                  .images = {}},
                              true};
  links::Links links{io.get_executor(), clock};
  links::Enrolment enrolment{*database, cloud, audit, roster, *authority, std::chrono::hours{24},
                             clock};
  links::CaRotation ca_rotation{io.get_executor(), *database, *authority, links, roster, clock};
  discovery::Registry registry{*database};
  intents::IntentLedger intents{io.get_executor(), *database, links, roster, clock};
  mirror::Mirror mirror{io.get_executor(), *database, links, roster, clock};
  clusters::Changes changes{io.get_executor()};
  controller::ConnectedAgents agents{links, enrolment, intents, registry, mirror};
  fakes::ReleaseDirectory release_directory;
  releases::AgentReleases releases{release_directory.path()};
  clusters::Clusters clusters{io.get_executor(),
                              {.database = *database,
                               .secrets = secrets,
                               .cloud = cloud,
                               .roster = roster,
                               .agents = agents,
                               .changes = changes,
                               .clock = clock,
                               .releases = releases,
                               .user_data = [](const std::string&) { return std::string("x"); },
                               .seed = 1}};
  clusters::KeyPairs key_pairs{*database};
  controller::MirrorFeed feed{clusters, changes, clock};
  recordings::Recordings recordings{release_directory.path() / ".shells", std::chrono::hours{24},
                                    clock};
  quotas::QuotaLedger quotas{*database, accounts.tenancy(), clock};
  Metrics metrics;
  ManifestReader manifests;
  CallerStreams streams{links, accounts};
  Services services{.accounts = accounts,
                    .audit = audit,
                    .clusters = clusters,
                    .key_pairs = key_pairs,
                    .changes = changes,
                    .links = links,
                    .streams = streams,
                    .intents = intents,
                    .mirror = mirror,
                    .cloud = cloud,
                    .metrics = metrics,
                    .clock = clock,
                    .ca_rotation = ca_rotation,
                    .releases = releases,
                    .recordings = recordings,
                    .quotas = quotas,
                    .manifests = manifests,
                    .roots_pem = [this] { return authority->bundle_pem(); },
                    .parts = [] { return std::vector<Part>{{"store", true, ""}}; }};
  PublicApi api{services, all_routes(services)};
  std::optional<access::LockedOut> locked;
  std::string password;
  std::string token;
  base::TaskScope tasks{io.get_executor()};
};

inline boost::json::object body_of(const net::HttpResponse& response) {
  boost::system::error_code error;
  auto value = boost::json::parse(response.text(), error);
  return error || !value.is_object() ? boost::json::object{} : value.as_object();
}
inline std::string text_of(const boost::json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

}  // namespace slipway::http
