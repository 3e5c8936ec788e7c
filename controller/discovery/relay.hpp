// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "controller/discovery/registry.hpp"
#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"

namespace slipway::discovery {

inline constexpr std::size_t kMaxRequestBytes = 8 << 10;
inline constexpr std::size_t kMaxWaiting = 1024;

/// Serves the streams by which agents relay their etcd's discovery requests; long polls stay open.
class Relay : public links::StreamTaker {
 public:
  Relay(boost::asio::any_io_executor executor, Registry& registry, const links::Roster& roster);
  ~Relay() override;

  bool takes(const wire::StreamOpen& what) const override;
  base::Task<> serve(base::MachineId from, wire::StreamOpen what, link::StreamPtr stream) override;

  /// The answer to one request; `head` is called once the answer's head may go out (a long poll's
  /// goes at once). Ends when a change answers it; cancel the task to give up.
  base::Task<Answer> answer(Request request, Caller caller,
                            std::function<base::Task<>(int status, std::uint64_t index)> head);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::discovery
