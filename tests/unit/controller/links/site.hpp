// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <exception>
#include <optional>

#include "controller/links/agent_listener.hpp"
#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/fake_roster.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/recording_audit.hpp"

namespace slipway::links {

/// Runs a coroutine to its end on `io` and returns its value.
template <class T>
T finish(boost::asio::io_context& io, base::Task<T> task) {
  std::optional<T> value;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T v) {
    failure = e;
    value = std::move(v);
  });
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*value);
}

/// A controller's side of enrolment with one running machine "m1", a master of cluster "c1".
struct Site {
  explicit Site(std::string given_address = {},
                base::UtcTime start = base::from_unix_ms(1'800'000'000'000))
      : clock(start) {
    cloud.give_address(std::move(given_address));
    roster.members[machine] = {cluster, wire::MASTER, "demo-master-1", {}};
    cloud::MachineSpec spec;
    spec.id = resource;
    spec.name = "demo-master-1";
    address = finish(io, cloud.ensure_machine(spec))->address;
    roster.members[machine].address = address;
  }

  std::string issue() { return enrolment.issue_token(machine, cluster, resource, wire::MASTER); }

  static net::HttpRequest request(std::string path, const wire::EnrolRequest& message,
                                  std::string from) {
    net::HttpRequest request;
    request.method = "POST";
    request.target = std::move(path);
    request.headers.set("Content-Type", kProtobufType);
    request.body = message.SerializeAsString();
    request.peer.address = std::move(from);
    return request;
  }
  static wire::EnrolRequest enrolment_of(const std::string& token, const std::string& key) {
    wire::EnrolRequest message;
    message.set_token(token);
    message.set_csr_pem(pki::make_csr(key, "anything").value());
    return message;
  }
  net::HttpResponse post(std::string path, const wire::EnrolRequest& message, std::string from) {
    return send(request(std::move(path), message, std::move(from)));
  }
  net::HttpResponse send(net::HttpRequest request) {
    return finish(io, listener.answer(std::move(request)));
  }
  net::HttpResponse enrol(const std::string& token, const std::string& key, std::string from = {}) {
    return post("/enrol", enrolment_of(token, key), from.empty() ? address : from);
  }

  boost::asio::io_context io;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  fakes::FakeCloud cloud{io.get_executor()};
  fakes::RecordingAudit audit;
  fakes::FakeRoster roster;
  fakes::ManualClock clock;
  secrets::Secrets secrets{*database, secrets::MasterKey::random()};
  std::unique_ptr<Authority> authority = *Authority::open(*database, secrets, clock);
  pki::KeyPair ca = authority->issuer();
  base::MachineId machine{"m1"};
  base::ClusterId cluster{"c1"};
  base::ResourceId resource{"r1"};
  std::string address;
  Enrolment enrolment{*database, cloud, audit, roster, *authority, std::chrono::hours{24}, clock};
  Links links{io.get_executor(), clock};
  AgentListener listener{
      io.get_executor(), AgentListenerOptions{}, links, enrolment, audit, *authority, clock};
};

inline boost::json::object problem_of(const net::HttpResponse& response) {
  return boost::json::parse(response.text()).as_object();
}

inline wire::EnrolResponse granted(const net::HttpResponse& response) {
  wire::EnrolResponse message;
  EXPECT_EQ(response.status, 200) << response.text();
  EXPECT_TRUE(message.ParseFromString(response.text()));
  return message;
}

}  // namespace slipway::links
