// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/swarm.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <deque>
#include <random>

#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/pki/pki.hpp"
#include "tests/bench/swarm/agent.hpp"
#include "tests/bench/swarm/control.hpp"
#include "tests/bench/swarm/endpoint.hpp"

namespace slipway::swarm {

namespace json = boost::json;
using base::Task;

namespace {

constexpr std::chrono::milliseconds kRound{50};  ///< health and churn are dealt out so often
constexpr std::chrono::milliseconds kAwayLeast{500}, kAwayMost{5'000};

class Swarm {
 public:
  Swarm(boost::asio::io_context& io, const SwarmOptions& options)
      : options_(options),
        members_(must(read_members(Files(options.state).members(),
                                   options.agents == 0 ? SIZE_MAX : options.agents))),
        common_{.executor = io.get_executor(),
                .clock = clock_,
                .booted = clock_.utc(),
                .identity = must(identity_of(Files(options.state))),
                .trust = {},
                .bundle = {},
                .pins = {},
                .controller = must(endpoint_of(options.controller)),
                .clusters = {},
                .health = wire::kHealthInterval,
                .tally = {},
                .tasks = base::TaskScope(io.get_executor())},
        control_(io, options.limit, [this](const auto& words) { return answer(words); }),
        random_(options.seed),
        churn_(options.churn) {
    const auto ca = must(base::read_file(Files(options.state).ca()));
    common_.trust.set_issuer_sha256(must(pki::inspect(ca)).sha256);
    common_.trust.add_ca_sha256(common_.trust.issuer_sha256());
    for (const Member& member : members_) {
      common_.clusters[member.cluster].push_back(&member);
      agents_.emplace_back(common_, member, random_());
    }
  }

  Task<> run() {
    common_.tally.began = clock_.monotonic();
    for (Agent& agent : agents_) common_.tasks.spawn("agent", agent.run());
    common_.tasks.spawn("rounds", rounds());
    co_await control_.run();
    co_await common_.tasks.join();
  }

 private:
  Task<> rounds();
  void tell_health(base::MonotonicTime from, base::MonotonicTime to);
  void stir(base::Duration passed);
  json::object answer(const std::vector<std::string>& words);
  json::object orders(std::int64_t since) const;

  SwarmOptions options_;
  base::SystemClock clock_;
  std::vector<Member> members_;
  Common common_;
  std::deque<Agent> agents_;
  Control control_;
  std::mt19937_64 random_;
  double churn_;
  double owed_ = 0;  ///< agents that should have left by now
};

/// Each agent has its own moment in the interval, as machines that booted one after the other.
void Swarm::tell_health(base::MonotonicTime from, base::MonotonicTime to) {
  const auto place = [&](base::MonotonicTime time) {
    const auto interval = std::chrono::duration<double>(common_.health).count();
    const auto seconds = std::chrono::duration<double>(time.time_since_epoch()).count();
    return static_cast<std::uint64_t>(seconds / interval * static_cast<double>(agents_.size()));
  };
  const std::uint64_t end = place(to);
  const std::uint64_t most = agents_.size();
  for (std::uint64_t at = std::max(place(from), end - std::min(end, most)); at < end; ++at) {
    agents_[at % agents_.size()].tell_health();
  }
}

/// Some agents leave, half of them without a farewell, and come back after a while.
void Swarm::stir(base::Duration passed) {
  owed_ += churn_ * std::chrono::duration<double>(passed).count();
  std::uniform_int_distribution<std::size_t> who(0, agents_.size() - 1);
  std::uniform_int_distribution<std::int64_t> away(kAwayLeast.count(), kAwayMost.count());
  for (; owed_ >= 1; owed_ -= 1) {
    const std::chrono::milliseconds time{away(random_)};
    agents_[who(random_)].leave(time, random_() % 2 == 0);
  }
}

Task<> Swarm::rounds() {
  auto last = clock_.monotonic();
  for (;;) {
    co_await base::sleep_for(kRound);
    const auto now = clock_.monotonic();
    tell_health(last, now);
    stir(now - last);
    last = now;
  }
}

json::object Swarm::orders(std::int64_t since) const {
  const base::MonotonicTime asked{base::Duration{since}};
  std::vector<base::Duration> times;
  for (const Agent& agent : agents_) {
    if (agent.trust_came() && *agent.trust_came() >= asked) {
      times.push_back(*agent.trust_came() - asked);
    }
  }
  return spread_of(std::move(times));
}

json::object Swarm::answer(const std::vector<std::string>& words) {
  if (words[0] == "stat") return stat_of(common_.tally, agents_.size());
  if (words[0] == "orders") return orders(std::stoll(words.at(1)));
  if (words[0] == "churn") {
    churn_ = std::stod(words.at(1));
    return {{"churn", churn_}};
  }
  return {{"error", "words are stat, churn RATE, orders NS"}};
}

}  // namespace

void run_agents(const SwarmOptions& options) {
  boost::asio::io_context io(1);
  Swarm swarm(io, options);
  run_on(io, swarm.run());
}

}  // namespace slipway::swarm
