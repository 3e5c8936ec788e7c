// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

#include "protocol/net/http_client.hpp"
#include "tests/fakes/fake_agent.hpp"
#include "tests/unit/controller/links/site.hpp"

namespace slipway::links {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Task;
using std::chrono::hours;

/// Wakes who waits for a link to come up.
struct Arrival : LinkListener {
  explicit Arrival(boost::asio::any_io_executor io) : up(io, std::chrono::seconds{30}) {}
  void link_up(const MachineId&, const wire::NodeState&) override { up.cancel(); }
  Task<> wait() { co_await up.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)); }
  boost::asio::steady_timer up;
};

/// The listener on a port of the loopback; the machine's address is 127.0.0.1, the time is real.
struct OpenSite : Site {
  OpenSite() : Site("127.0.0.1", base::SystemClock().utc()) {
    links.add(arrival);
    EXPECT_TRUE(listener.start());
  }

  net::HttpClientOptions options(const pki::KeyPair& client = {}) {
    net::TlsClient tls;
    tls.ca_sha256 = {pki::inspect(ca.certificate_pem)->sha256};
    tls.certificate_pem = client.certificate_pem;
    tls.key_pem = client.key_pem;
    return {.endpoint = {.host = "127.0.0.1", .port = listener.port()}, .tls = tls};
  }

  pki::KeyPair client(const pki::KeyPair& issuer, const std::string& name, hours from, hours till) {
    pki::CertificateRequest wanted;
    wanted.common_name = name;
    wanted.usage = pki::Usage::kClient;
    wanted.not_before = clock.utc() + from;
    wanted.not_after = clock.utc() + till;
    return pki::issue(issuer, wanted).value();
  }

  /// Enrols over the network, as an agent does.
  Task<pki::KeyPair> enrol_there(std::string token) {
    const std::string key = pki::make_key();
    net::HttpRequest request = Site::request("/enrol", enrolment_of(token, key), {});
    net::HttpClient client(io.get_executor(), options());
    auto response = co_await client.fetch(request);
    EXPECT_TRUE(response) << response.error().message;
    if (!response) co_return pki::KeyPair{};
    co_return pki::KeyPair{granted(*response).certificate_pem(), key};
  }

  Task<Result<std::unique_ptr<net::Transport>>> dial(pki::KeyPair client,
                                                     std::string protocol = kLinkProtocol) {
    net::Headers headers{{"Sec-WebSocket-Protocol", protocol}};
    return net::dial_websocket(io.get_executor(), options(client), "/link", headers,
                               wire::kMaxFrameBytes);
  }

  Arrival arrival{io.get_executor()};
  wire::Hello told;  ///< the controller's, at the agent's last link

  template <class Body>
  void run(Body body) {
    auto whole = [&]() -> Task<bool> {
      co_await body();
      co_await links.stop();
      co_await listener.stop(std::chrono::milliseconds{100});
      co_return true;
    };
    finish(io, whole());
  }
};

/// Dials, says hello and its state, then waits until the controller knows it.
Task<> link_up(OpenSite& site, pki::KeyPair client, base::TaskScope& tasks,
               std::unique_ptr<link::Link>& link) {
  auto transport = co_await site.dial(client);
  EXPECT_TRUE(transport) << transport.error().message;
  if (!transport) co_return;
  wire::Hello hello;
  hello.set_version_min(1);
  hello.set_version_max(1);
  hello.set_software("test");
  hello.set_incarnation("i");
  hello.set_utc_ms(base::to_unix_ms(site.clock.utc()));
  link::Link* raw = nullptr;
  link::LinkHandlers handlers;
  handlers.ready = [&raw, &site](const wire::Ready& ready) {
    site.told = ready.peer;
    wire::Report report;
    report.mutable_state();
    (void)raw->send(std::move(report));
  };
  link = std::make_unique<link::Link>(wire::Side::kAgent, hello, std::move(*transport),
                                      std::move(handlers), site.clock);
  raw = link.get();
  tasks.spawn("agent", [](link::Link* it) -> Task<> { (void)co_await it->run(); }(raw));
  co_await site.arrival.wait();
}

TEST(AgentListener, EnrolsAndLinksOverTheNetwork) {
  OpenSite site;
  site.run([&]() -> Task<> {
    base::TaskScope tasks(site.io.get_executor());
    std::unique_ptr<link::Link> link;
    const std::string token = site.issue();
    const pki::KeyPair client = co_await site.enrol_there(token);
    co_await link_up(site, client, tasks, link);
    EXPECT_TRUE(site.links.facts(site.machine).connected);
    // Its link was open: the token is spent.
    const auto again = co_await site.listener.answer(
        Site::request("/enrol", Site::enrolment_of(token, client.key_pem), "127.0.0.1"));
    EXPECT_EQ(problem_of(again).at("field").as_string(), "token");
    link->close({ErrorCode::kUnavailable, "over", {}});
    co_await tasks.join();
  });
}

TEST(AgentListener, AWorkerShallPingLessThanAMaster) {
  for (const auto& [role, ping] : {std::pair{wire::MASTER, wire::kPingInterval},
                                   std::pair{wire::WORKER, wire::kWorkerPingInterval}}) {
    OpenSite site;
    site.roster.members[site.machine].role = role;
    site.run([&]() -> Task<> {
      base::TaskScope tasks(site.io.get_executor());
      std::unique_ptr<link::Link> link;
      const std::string token =
          site.enrolment.issue_token(site.machine, site.cluster, site.resource, role);
      co_await link_up(site, co_await site.enrol_there(token), tasks, link);
      link->close({ErrorCode::kUnavailable, "over", {}});
      co_await tasks.join();
    });
    EXPECT_EQ(std::chrono::seconds{site.told.ping_seconds()}, ping);
    EXPECT_EQ(std::chrono::seconds{site.told.health_seconds()}, wire::kHealthInterval);
  }
}

TEST(AgentListener, VeryManyMachinesTellTheirHealthLessOften) {
  OpenSite site;
  site.roster.members[site.machine].role = wire::WORKER;
  const auto insert = [&](int number, const char* state) {
    const std::string id = std::string(state) + std::to_string(number);
    site.database
        ->prepare(
            "INSERT INTO enrolments (token_sha256, token_prefix, machine, cluster, resource, role,"
            " state, issued_ms, key_sha256) VALUES (?1, ?1, ?1, 'c1', ?1, 2, ?2, 0, ?1)")
        .bind(id)
        .bind(state)
        .run();
  };
  const auto stored = site.database->transaction([&]() -> base::Result<> {
    for (int i = 0; i < 11'999; ++i) {
      insert(i, "spent");
      insert(i, "forgotten");  // deleted machines keep their rows
    }
    return {};
  });
  ASSERT_TRUE(stored);
  site.run([&]() -> Task<> {
    base::TaskScope tasks(site.io.get_executor());
    std::unique_ptr<link::Link> link;
    const std::string token =
        site.enrolment.issue_token(site.machine, site.cluster, site.resource, wire::WORKER);
    co_await link_up(site, co_await site.enrol_there(token), tasks, link);
    link->close({ErrorCode::kUnavailable, "over", {}});
    co_await tasks.join();
  });
  EXPECT_EQ(site.told.health_seconds(), 15U);
  EXPECT_EQ(site.told.ping_seconds(), 16U);
}

TEST(Pace, TheMoreThereAreTheLessOftenTheyTellTheirHealth) {
  const auto pace = [](wire::Role role, std::size_t machines) {
    const auto told = pace_of(role, machines);
    return std::pair{told.health.count(), told.ping.count()};
  };
  EXPECT_EQ(pace(wire::WORKER, 0), std::pair(10L, 11L));
  EXPECT_EQ(pace(wire::WORKER, kMany), std::pair(10L, 11L));
  EXPECT_EQ(pace(wire::WORKER, kMany + 1), std::pair(15L, 16L));
  EXPECT_EQ(pace(wire::WORKER, kVeryMany), std::pair(15L, 16L));
  EXPECT_EQ(pace(wire::WORKER, kVeryMany + 1), std::pair(29L, 30L));
  EXPECT_EQ(pace(wire::MASTER, kMaxAgents), std::pair(29L, 4L));
}

TEST(AgentListener, ACertificateOfAnotherCaOrOneThatIsOverGetsNoConnection) {
  OpenSite site;
  const auto foreign =
      pki::make_ca("test CA", site.clock.utc() - hours{1}, site.clock.utc() + hours{1});
  site.run([&]() -> Task<> {
    (void)co_await site.enrol_there(site.issue());
    EXPECT_FALSE(co_await site.dial(site.client(foreign, "m1", hours{-1}, hours{1})));
    EXPECT_FALSE(co_await site.dial(site.client(site.ca, "m1", hours{-3}, hours{-1})));
    EXPECT_FALSE(co_await site.dial(site.client(site.ca, "m1", hours{1}, hours{2})));
    EXPECT_FALSE(co_await site.dial({}));
    EXPECT_FALSE(co_await site.dial(site.client(site.ca, "m9", hours{-1}, hours{1})));
    EXPECT_TRUE(co_await site.dial(site.client(site.ca, "m1", hours{-1}, hours{1})));
  });
}

/// An upgrade request as the server hands it over once TLS has verified the certificate.
net::HttpRequest upgrade_request(std::string identity, std::string address) {
  net::HttpRequest request;
  request.target = "/link";
  request.headers.set("Sec-WebSocket-Protocol", "other, slipway.v1");
  request.peer = {.address = std::move(address), .identity = std::move(identity)};
  return request;
}

std::string refusal(Site& site, net::HttpRequest request) {
  auto decided = finish(site.io, site.listener.upgrade(std::move(request)));
  auto* response = std::get_if<net::HttpResponse>(&decided);
  if (!response) return "session";
  return std::to_string(response->status) + " " +
         std::string(problem_of(*response).at("field").as_string());
}

TEST(AgentListener, ALinkNeedsAKnownMachineAtItsOwnAddress) {
  Site site;
  const std::string other = "10.9.9.9";
  EXPECT_EQ(refusal(site, upgrade_request("m1", site.address)), "403 machine");  // never enrolled
  granted(site.enrol(site.issue(), pki::make_key()));
  EXPECT_EQ(refusal(site, upgrade_request("m1", site.address)), "session");
  EXPECT_EQ(refusal(site, upgrade_request("", site.address)), "401 certificate");
  EXPECT_EQ(refusal(site, upgrade_request("m2", site.address)), "403 machine");
  EXPECT_EQ(refusal(site, upgrade_request("slipway-controller", site.address)), "403 machine");
  EXPECT_EQ(refusal(site, upgrade_request("m1", other)), "403 address");
  net::HttpRequest wordless = upgrade_request("m1", site.address);
  wordless.headers.set("Sec-WebSocket-Protocol", "slipway.v10");
  EXPECT_EQ(refusal(site, wordless), "400 protocol");
  net::HttpRequest lost = upgrade_request("m1", site.address);
  lost.target = "/links";
  EXPECT_EQ(refusal(site, lost), "404 path");
  EXPECT_EQ(site.audit.count("link.refused"), 6u);

  site.cloud.fail("machine", {ErrorCode::kUnavailable, "no answer", {}});
  EXPECT_EQ(refusal(site, upgrade_request("m1", other)), "503 address");
  site.enrolment.forget(site.machine);
  EXPECT_EQ(refusal(site, upgrade_request("m1", site.address)), "403 machine");
}

TEST(AgentListener, AMachineDeletedWhileItIsDeletedIsNotLinked) {
  Site site;
  granted(site.enrol(site.issue(), pki::make_key()));
  site.roster.members.clear();  // the clusters delete it; its enrolment is still there
  EXPECT_EQ(refusal(site, upgrade_request("m1", site.address)), "403 machine");
}

TEST(AgentListener, AMachineForgottenAfterItsUpgradeGetsNoLink) {
  Site site;
  granted(site.enrol(site.issue(), pki::make_key()));
  auto decided = finish(site.io, site.listener.upgrade(upgrade_request("m1", site.address)));
  auto session = std::get<net::HttpServer::Session>(std::move(decided));
  EXPECT_EQ(session.protocol, "slipway.v1");
  site.enrolment.forget(site.machine);
  auto [here, there] = net::transport_pair(site.io.get_executor());
  auto whole = [&]() -> Task<bool> {
    co_await session.run(std::move(there));
    co_return !co_await here->read();
  };
  EXPECT_TRUE(finish(site.io, whole()));
  EXPECT_TRUE(site.links.connected().empty());
}

TEST(AgentListener, ARefusalSaysWhatIsServed) {
  Site site;
  net::HttpRequest get;
  get.target = "/enrol";
  get.peer.address = site.address;
  const auto response = site.send(get);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "POST");
}

}  // namespace
}  // namespace slipway::links
