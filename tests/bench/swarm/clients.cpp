// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/clients.hpp"

#include <boost/json.hpp>
#include <deque>
#include <random>

#include "protocol/base/backoff.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"
#include "tests/bench/swarm/control.hpp"
#include "tests/bench/swarm/endpoint.hpp"
#include "tests/bench/swarm/tally.hpp"
#include "tests/bench/swarm/web_socket.hpp"

namespace slipway::swarm {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::chrono::seconds kAnswerLimit{10};
constexpr std::chrono::seconds kPause{3};  ///< between words, as the pings of a link
constexpr std::size_t kWordBytes = 32;
constexpr unsigned char kKeepAliveSeconds = 60;

/// An MQTT packet of less than 128 bytes.
std::string packet(unsigned char type, const std::string& rest) {
  return std::string{static_cast<char>(type), static_cast<char>(rest.size())} + rest;
}

std::string connect_packet(const std::string& client) {
  std::string rest{"\0\4MQTT\4\2\0", 9};
  rest.push_back(static_cast<char>(kKeepAliveSeconds));
  rest.push_back(0);
  rest.push_back(static_cast<char>(client.size()));
  return packet(0x10, rest + client);
}

/// Waits for the next word's turn, reading meanwhile: a connection's end is noticed at once.
template <class T>
Task<Result<>> pause(Task<Result<T>> read) {
  auto came = co_await base::with_timeout(kPause, "nothing", std::move(read));
  if (!came && came.error().code == ErrorCode::kTimeout) co_return Result<>{};
  if (!came) co_return fail(came);
  co_return fail(ErrorCode::kInvalid, "a word that nobody asked for");
}

class Clients {
 public:
  Clients(boost::asio::io_context& io, const ClientOptions& options)
      : options_(options),
        executor_(io.get_executor()),
        members_(must(read_members(Files(options.state).members(),
                                   options.count == 0 ? SIZE_MAX : options.count))),
        identity_(must(identity_of(Files(options.state)))),
        server_(must(endpoint_of(options.server))),
        control_(io, options.limit,
                 [this](const auto&) { return stat_of(tally_, members_.size()); }),
        tasks_(io.get_executor()) {}

  Task<> run() {
    tally_.began = clock_.monotonic();
    std::mt19937_64 random(options_.seed);
    for (const Member& member : members_) tasks_.spawn("client", keep(member, random()));
    co_await control_.run();
    co_await tasks_.join();
  }

 private:
  Task<> keep(const Member& member, std::uint64_t seed);
  Task<Result<>> attempt(const Member& member);
  Task<Result<>> talk(std::unique_ptr<net::Transport> transport);
  Task<Result<>> talk_mqtt(std::unique_ptr<TlsSocket> socket, std::string name);

  ClientOptions options_;
  boost::asio::any_io_executor executor_;
  base::SystemClock clock_;
  std::vector<Member> members_;
  TlsIdentity identity_;
  boost::asio::ip::tcp::endpoint server_;
  Tally tally_;
  Control control_;
  base::TaskScope tasks_;
};

Task<> Clients::keep(const Member& member, std::uint64_t seed) {
  base::Backoff backoff({}, seed);
  for (;;) {
    const auto began = clock_.monotonic();
    ++tally_.attempts;
    auto ended = co_await attempt(member);
    backoff.lasted(clock_.monotonic() - began);
    tally_.failed(ended.error().message);
    co_await base::sleep_for(backoff.next());
  }
}

Task<Result<>> Clients::attempt(const Member& member) {
  auto socket = std::make_unique<TlsSocket>(executor_);
  auto connected = co_await base::with_timeout(
      kConnectLimit, "connecting",
      socket->connect(identity_, {.from = {boost::asio::ip::make_address(member.address), 0},
                                  .to = server_,
                                  .certificate_der = member.certificate_der}));
  if (!connected) co_return fail(connected);
  if (options_.kind == "mqtt") co_return co_await talk_mqtt(std::move(socket), member.node);
  auto transport =
      co_await base::with_timeout(kAnswerLimit, "the upgrade", upgrade(std::move(socket), "/", {}));
  if (!transport) co_return fail(transport);
  co_return co_await talk(std::move(*transport));
}

Task<Result<>> Clients::talk(std::unique_ptr<net::Transport> transport) {
  const Tally::Up up(tally_, clock_.monotonic());
  for (;;) {
    auto sent = co_await transport->write({std::string(kWordBytes, 'x'), true});
    if (!sent) co_return fail(sent);
    auto echoed = co_await base::with_timeout(kAnswerLimit, "the echo", transport->read());
    if (!echoed) co_return fail(echoed);
    if (auto quiet = co_await pause(transport->read()); !quiet) co_return fail(quiet);
  }
}

Task<Result<>> Clients::talk_mqtt(std::unique_ptr<TlsSocket> socket, std::string name) {
  std::string answer;
  std::string word = connect_packet(name);
  std::optional<Tally::Up> up;
  for (;;) {
    if (auto sent = co_await socket->write(word); !sent) co_return fail(sent);
    auto came = co_await base::with_timeout(kAnswerLimit, "the broker", socket->read_more(answer));
    if (!came) co_return fail(came);
    if (!up && answer != std::string("\x20\2\0\0", 4)) {
      co_return fail(ErrorCode::kDenied, "the broker refuses");
    }
    if (!up) up.emplace(tally_, clock_.monotonic());
    answer.clear();
    word = packet(0xc0, {});
    if (auto quiet = co_await pause(socket->read_more(answer)); !quiet) co_return fail(quiet);
  }
}

}  // namespace

void run_clients(const ClientOptions& options) {
  boost::asio::io_context io(1);
  Clients clients(io, options);
  run_on(io, clients.run());
}

}  // namespace slipway::swarm
