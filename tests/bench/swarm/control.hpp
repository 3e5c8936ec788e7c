// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::swarm {

/// How whoever started a program of the swarm leads it: a line of words on standard input is
/// answered by a line of JSON on standard output. The program ends with its input, with its parent,
/// and after `limit` in any case.
class Control {
 public:
  using Answer = std::function<boost::json::object(const std::vector<std::string>& words)>;
  Control(boost::asio::io_context& io, std::chrono::seconds limit, Answer answer);

  base::Task<> run();  ///< returns when the program shall end

 private:
  base::Task<> read_lines();

  boost::asio::io_context& io_;
  std::chrono::seconds limit_;
  Answer answer_;
};

/// Sorts `times` and says how they spread, in ms.
boost::json::object spread_of(std::vector<base::Duration> times);

/// Runs `main` to its end on `io`; what it throws is thrown here.
void run_on(boost::asio::io_context& io, base::Task<> main);

}  // namespace slipway::swarm
