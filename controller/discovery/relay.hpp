// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "controller/discovery/registry.hpp"
#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"

namespace slipway::discovery {

inline constexpr std::size_t kMaxRequestBytes = 8 << 10;
inline constexpr std::size_t kMaxWaiting = 1024;  ///< long polls open at once

/// Serves the streams by which agents relay their etcd's discovery requests; long polls stay open.
class Relay : public links::StreamTaker {
 public:
  Relay(boost::asio::any_io_executor executor, Registry& registry, const links::Roster& roster);
  ~Relay() override;

  bool takes(const wire::StreamOpen& what) const override;
  base::Task<> serve(base::MachineId from, wire::StreamOpen what, link::StreamPtr stream) override;

  /// The answer that `wait` was told to wait for; cancel the task to give up.
  base::Task<Answer> settle(Request request, Caller caller, Wait wait);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::discovery
