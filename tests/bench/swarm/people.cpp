// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/people.hpp"

#include <boost/json.hpp>
#include <random>

#include "protocol/base/files.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_client.hpp"
#include "tests/bench/swarm/control.hpp"
#include "tests/bench/swarm/endpoint.hpp"
#include "tests/bench/swarm/tally.hpp"
#include "tests/bench/swarm/told.hpp"

namespace slipway::swarm {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::chrono::milliseconds kKeyPause{500};
constexpr std::chrono::milliseconds kSlowPause{2'000};  ///< between two pieces of a log
constexpr std::chrono::seconds kEchoLimit{10};
constexpr std::chrono::seconds kRetryPause{1};
constexpr std::size_t kMaxMessageBytes = 1 << 20;
constexpr std::size_t kKeptTimes = 100'000;
constexpr char kTerminal[] = "slipway.terminal.v1";

class People {
 public:
  People(boost::asio::io_context& io, const PeopleOptions& options);

  Task<> run() {
    tally_.began = clock_.monotonic();
    for (std::size_t i = 0; i < options_.streams; ++i) {
      tasks_.spawn("person", live(i % 2 == 0, static_cast<double>(i / 2) < slow_logs_));
    }
    co_await control_.run();
    co_await tasks_.join();
  }

 private:
  Task<> live(bool types, bool slow);
  Task<Result<>> type(const Member& member);
  Task<Result<>> follow(const Member& member, bool slow);
  std::string path_of(const Member& member, const std::string& pod) const;
  base::Duration draw_life();
  json::object answer() const;

  PeopleOptions options_;
  boost::asio::any_io_executor executor_;
  base::SystemClock clock_;
  std::vector<Member> members_;
  net::HttpClientOptions to_;
  net::Headers headers_;
  double slow_logs_;  ///< so many of the logs
  std::mt19937_64 random_;
  Tally tally_;
  std::uint64_t log_bytes_ = 0;
  std::vector<base::Duration> echoes_;
  Control control_;
  base::TaskScope tasks_;
};

People::People(boost::asio::io_context& io, const PeopleOptions& options)
    : options_(options),
      executor_(io.get_executor()),
      members_(must(read_members(Files(options.state).members(),
                                 options.agents == 0 ? SIZE_MAX : options.agents))),
      slow_logs_(static_cast<double>(options.streams) * options.slow / 100),
      random_(options.seed),
      control_(io, options.limit, [this](const auto&) { return answer(); }),
      tasks_(io.get_executor()) {
  const auto where = must(endpoint_of(options.controller));
  to_.endpoint = {.host = where.address().to_string(), .port = where.port()};
  to_.tls = net::TlsClient{.ca_pem = must(base::read_file(options.state / "ca.crt"))};
  auto line = must(base::read_file(options.state / ".authorization"));
  while (line.ends_with('\n')) line.pop_back();
  headers_.set("Authorization", line.substr(line.find(' ') + 1));
}

std::string People::path_of(const Member& member, const std::string& pod) const {
  return "/api/v1/clusters/" + member.cluster.value + "/namespaces/" + kNamespace + "/pods/" + pod;
}

base::Duration People::draw_life() {
  if (options_.life <= 0) return std::chrono::hours{24};
  std::uniform_real_distribution<double> seconds(options_.life / 5, options_.life);
  return std::chrono::duration_cast<base::Duration>(
      std::chrono::duration<double>(seconds(random_)));
}

/// One stream after the other, each on a node drawn by chance.
Task<> People::live(bool types, bool slow) {
  std::uniform_int_distribution<std::size_t> who(0, members_.size() - 1);
  for (;;) {
    const Member& member = members_[who(random_)];
    ++tally_.attempts;
    auto ended = co_await base::with_timeout(draw_life(), "its life is over",
                                             types ? type(member) : follow(member, slow));
    if (!ended && ended.error().code == ErrorCode::kTimeout) continue;
    tally_.failed(ended ? "the log ended" : ended.error().message);
    co_await base::sleep_for(kRetryPause);
  }
}

Task<Result<>> People::type(const Member& member) {
  auto headers = headers_;
  headers.set("Sec-WebSocket-Protocol", kTerminal);
  auto terminal = co_await net::dial_websocket(
      executor_, to_, path_of(member, quiet_pod(member)) + "/exec?tty=true", headers,
      kMaxMessageBytes);
  if (!terminal) co_return fail(terminal);
  const Tally::Up up(tally_, clock_.monotonic());
  for (;;) {
    const auto began = clock_.monotonic();
    if (auto sent = co_await (*terminal)->write({"k", true}); !sent) co_return fail(sent);
    auto echo = co_await base::with_timeout(kEchoLimit, "an echo", (*terminal)->read());
    if (!echo) co_return fail(ErrorCode::kUnavailable, "terminal: " + echo.error().message);
    if (!echo->binary) co_return fail(ErrorCode::kUnavailable, "terminal: " + echo->bytes);
    if (echoes_.size() < kKeptTimes) echoes_.push_back(clock_.monotonic() - began);
    co_await base::sleep_for(kKeyPause);
  }
}

Task<Result<>> People::follow(const Member& member, bool slow) {
  net::HttpRequest request;
  request.target =
      path_of(member, slow ? flood_pod(member) : quiet_pod(member)) + "/log?follow=true";
  request.headers = headers_;
  net::HttpClient client(executor_, to_);
  auto response = co_await client.send(std::move(request));
  if (!response) co_return fail(response);
  if (response->status != 200) {
    co_return fail(ErrorCode::kUnavailable, "log: status " + std::to_string(response->status));
  }
  if (!response->streams()) co_return fail(ErrorCode::kUnavailable, "log: it ended at once");
  const Tally::Up up(tally_, clock_.monotonic());
  auto& body = std::get<std::unique_ptr<net::BodySource>>(response->body);
  for (;;) {
    auto piece = co_await body->next();
    if (!piece) co_return fail(ErrorCode::kUnavailable, "log: " + piece.error().message);
    if (!*piece) co_return Result<>{};
    log_bytes_ += (*piece)->size();
    if (slow) co_await base::sleep_for(kSlowPause);
  }
}

json::object People::answer() const {
  auto out = stat_of(tally_, options_.streams);
  out["echo_ms"] = spread_of(echoes_);
  out["log_bytes"] = log_bytes_;
  return out;
}

}  // namespace

void run_people(const PeopleOptions& options) {
  boost::asio::io_context io(1);
  People people(io, options);
  run_on(io, people.run());
}

}  // namespace slipway::swarm
