// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/control.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <sstream>

#include "protocol/base/with_timeout.hpp"

namespace slipway::swarm {

namespace asio = boost::asio;
using base::Task;

namespace {

constexpr std::size_t kMaxLine = 4096;

void print(const boost::json::object& answer) {
  std::puts(boost::json::serialize(answer).c_str());
  std::fflush(stdout);
}

double milliseconds(base::Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

Control::Control(asio::io_context& io, std::chrono::seconds limit, Answer answer)
    : io_(io), limit_(limit), answer_(std::move(answer)) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

Task<> Control::run() {
  using namespace asio::experimental::awaitable_operators;
  co_await (read_lines() || base::sleep_for(limit_));
}

Task<> Control::read_lines() {
  asio::posix::stream_descriptor input(io_, ::dup(STDIN_FILENO));
  std::string held;
  for (;;) {
    const auto [error, size] = co_await asio::async_read_until(
        input, asio::dynamic_buffer(held, kMaxLine), '\n', asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    std::istringstream line(held.substr(0, size));
    held.erase(0, size);
    std::vector<std::string> words;
    for (std::string word; line >> word;) words.push_back(word);
    if (words.empty()) continue;
    try {
      print(answer_(words));
    } catch (const std::exception& error) {
      print({{"error", error.what()}});
    }
  }
}

boost::json::object spread_of(std::vector<base::Duration> times) {
  std::ranges::sort(times);
  boost::json::object out{{"count", times.size()}};
  if (times.empty()) return out;
  const auto at = [&](double part) {
    const auto last = static_cast<double>(times.size() - 1);
    return milliseconds(times[static_cast<std::size_t>(part * last + 0.5)]);
  };
  out["p50"] = at(0.5);
  out["p99"] = at(0.99);
  out["max"] = at(1);
  return out;
}

void run_on(asio::io_context& io, Task<> main) {
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(main), [&](std::exception_ptr thrown) { failure = thrown; });
  io.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace slipway::swarm
