// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>

#include "controller/discovery/form.hpp"
#include "controller/discovery/relay.hpp"
#include "protocol/base/process.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/net/http_server.hpp"
#include "tests/fakes/fake_roster.hpp"

namespace slipway::discovery {
namespace {

namespace fs = std::filesystem;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

const base::ClusterId kDemo{"demo"};

/// A long poll's body: comes when the registry has the answer.
class Pending : public net::BodySource {
 public:
  Pending(Relay& relay, Request request, Caller caller, Wait wait)
      : relay_(relay),
        request_(std::move(request)),
        caller_(std::move(caller)),
        wait_(std::move(wait)) {}
  Task<Result<std::optional<std::string>>> next() override {
    if (std::exchange(told_, true)) co_return std::nullopt;
    Answer answer = co_await relay_.settle(request_, caller_, wait_);
    co_return std::move(answer.body);
  }

 private:
  Relay& relay_;
  Request request_;
  Caller caller_;
  Wait wait_;
  bool told_ = false;
};

/// The discovery URL, one for all as it is on every node: etcd makes the cluster's id of it. A
/// caller is known by its address in what it registers, which its link tells in the product.
class Site {
 public:
  explicit Site(boost::asio::any_io_executor io)
      : relay_(io, registry, roster_),
        server_(io, {}, [this](net::HttpRequest request) { return answer(std::move(request)); },
                {}) {
    EXPECT_TRUE(server_.start());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  Task<> stop() { return server_.stop(100ms); }

 private:
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();

 public:
  Registry registry{*database_};
  bool loses_registrations = false;  ///< a member is written, and its etcd never hears of it

 private:
  Task<net::HttpResponse> answer(net::HttpRequest request) {
    const Request asked{request.method, request.target, request.body};
    const std::string value = parse_form(request.body)["value"];
    const auto host = value.find("//") + 2;
    const Caller caller{
        .cluster = kDemo,
        .address = value.substr(std::min(host, value.size()), value.rfind(':') - host),
        .master = true,
        .forming = true};
    auto outcome = registry.handle(asked, caller);
    if (request.method == "PUT" && loses_registrations) co_return net::HttpResponse{.status = 500};
    net::HttpResponse response;
    response.headers.set("Content-Type", "application/json");
    if (auto* wait = std::get_if<Wait>(&outcome)) {
      response.headers.set("X-Etcd-Index", std::to_string(wait->index));
      response.body = std::make_unique<Pending>(relay_, asked, caller, *wait);
      co_return response;
    }
    auto& ready = std::get<Answer>(outcome);
    response.status = ready.status;
    response.headers.set("X-Etcd-Index", std::to_string(ready.index));
    response.body = std::move(ready.body);
    co_return response;
  }

  fakes::FakeRoster roster_;
  Relay relay_;
  net::HttpServer server_;
};

/// One real etcd.
class Member {
 public:
  Member(std::string address, fs::path directory, std::string url, boost::asio::steady_timer& news)
      : address_(std::move(address)),
        directory_(std::move(directory)),
        url_(std::move(url)),
        news_(news) {}

  Task<> run() {
    const std::string name = "e" + address_.substr(address_.rfind('.') + 1);
    const std::string peer = "https://" + address_ + ":2380";
    const std::string client = "http://" + address_ + ":2379";
    base::Command command;
    command.argv = {"etcd",
                    "--name",
                    name,
                    "--data-dir",
                    directory_ / name,
                    "--peer-auto-tls",
                    "--listen-peer-urls",
                    peer,
                    "--initial-advertise-peer-urls",
                    peer,
                    "--listen-client-urls",
                    client,
                    "--advertise-client-urls",
                    client,
                    "--discovery-fallback",
                    "exit",
                    "--discovery",
                    url_};
    command.timeout = 120s;
    command.on_line = [this](std::string_view line) {
      output.append(line).append("\n");
      if (line.find("ready to serve client requests") != line.npos) serves = true;
      if (line.find("serving insecure client requests") != line.npos) serves = true;
      news_.cancel();
    };
    (void)co_await base::run(command);
    ended = true;
    news_.cancel();
  }

  Task<bool> healthy(boost::asio::any_io_executor io) {
    net::HttpClient client(io, {.endpoint = {.host = address_, .port = 2379}});
    net::HttpRequest request;
    request.target = "/health";
    auto response = co_await client.fetch(request);
    co_return response && response->text().find("true") != std::string::npos;
  }

  std::string output;
  bool serves = false;
  bool ended = false;

 private:
  std::string address_;
  fs::path directory_;
  std::string url_;
  boost::asio::steady_timer& news_;  ///< cancelled when there is something new
};

/// Waits for `done`, looked at with each piece of news; false after a minute.
template <class F>
Task<bool> until(boost::asio::steady_timer& news, F done) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    news.expires_at(deadline);
    co_await news.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  co_return true;
}

bool etcd_is_here() {
  return std::system("command -v etcd >/dev/null 2>&1") == 0;
}

Task<> three_and_one_too_many(boost::asio::any_io_executor io, fs::path directory) {
  Site site(io);
  const std::string url = site.url() + "/" + site.registry.token_of(kDemo, 3);
  // Addresses of this process alone, so that two runs do not meet.
  const std::string net = "127.77." + std::to_string(::getpid() % 250 + 1) + ".";
  boost::asio::steady_timer news(io);
  std::vector<std::unique_ptr<Member>> members;
  base::TaskScope tasks(io);
  auto add = [&](int n) {
    members.push_back(std::make_unique<Member>(net + std::to_string(n), directory, url, news));
    tasks.spawn("etcd", members.back()->run());
  };
  for (int n = 1; n <= 3; ++n) add(n);
  const bool all = co_await until(news, [&] {
    return std::ranges::all_of(members, [](const auto& member) { return member->serves; });
  });
  EXPECT_TRUE(all) << "three etcds find each other";
  for (auto& member : members) EXPECT_TRUE(co_await member->healthy(io)) << member->output;
  EXPECT_EQ(site.registry.members(kDemo).size(), 3u);

  add(4);
  EXPECT_TRUE(co_await until(news, [&] { return members[3]->ended; }));
  EXPECT_NE(members[3]->output.find("full"), std::string::npos) << members[3]->output;
  co_await tasks.join();
  co_await site.stop();
}

/// As when the agent, who relays, is killed between a registration and its answer.
Task<> registration_without_answer(boost::asio::any_io_executor io, fs::path directory) {
  Site site(io);
  const std::string url = site.url() + "/" + site.registry.token_of(kDemo, 1);
  const std::string address = "127.78." + std::to_string(::getpid() % 250 + 1) + ".1";
  boost::asio::steady_timer news(io);
  base::TaskScope tasks(io);
  site.loses_registrations = true;
  Member unlucky(address, directory, url, news);
  tasks.spawn("etcd", unlucky.run());
  EXPECT_TRUE(co_await until(news, [&] { return unlucky.ended; }));
  EXPECT_EQ(site.registry.members(kDemo).size(), 1u);
  site.loses_registrations = false;
  Member again(address, directory, url, news);
  tasks.spawn("etcd", again.run());
  EXPECT_TRUE(co_await until(news, [&] { return again.serves || again.ended; }));
  EXPECT_TRUE(co_await again.healthy(io)) << again.output;
  co_await tasks.join();
  co_await site.stop();
}

class EtcdDiscovery : public testing::Test {
 protected:
  void run(Task<> (*story)(boost::asio::any_io_executor, fs::path)) {
    if (!etcd_is_here()) GTEST_SKIP() << "no etcd on this machine";
    char name[] = "/tmp/slipway-etcd-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    boost::asio::io_context io;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, story(io.get_executor(), name),
                          [&](std::exception_ptr e) { failure = e; });
    io.run();
    fs::remove_all(name);
    if (failure) std::rethrow_exception(failure);
  }
};

TEST_F(EtcdDiscovery, ThreeRealEtcdsFindEachOtherAndAFourthIsOneTooMany) {
  run(three_and_one_too_many);
}

TEST_F(EtcdDiscovery, AnEtcdThatRegisteredAndDiedBeforeItsFirstRecordComesBack) {
  run(registration_without_answer);
}

}  // namespace
}  // namespace slipway::discovery
