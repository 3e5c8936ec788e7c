// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "agent/kube/local_kube_api.hpp"
#include "order.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/link/link.hpp"
#include "report.pb.h"
#include "stream.pb.h"

namespace slipway::kube {

struct GatewayOptions {
  std::filesystem::path kubeconfig = "/etc/kubernetes/admin.conf";
  std::filesystem::path pki = "/etc/kubernetes/pki";
  std::filesystem::path intents_dir = "/var/lib/slipway/intents";
  /// Of the API server's, unless it may stay silent.
  std::chrono::milliseconds answer_limit = kAnswerLimit;
};

/// A master's door to its API server: applies intents once, mirrors by watch, proxies requests.
/// The kubeconfig may appear later: until then everything answers kUnavailable.
class Gateway {
 public:
  Gateway(base::asio::any_io_executor executor, base::asio::thread_pool& pool,
          const base::Clock& clock, GatewayOptions options);
  ~Gateway();

  /// Reads what the disk holds of earlier intents; those without an outcome are dropped. After an
  /// error each intent is refused, unless another try at the disk, one for each, succeeds.
  base::Result<> start();
  /// Takes an intent; `report` (see on_outcome) is called when it is done, or at once if it was.
  void take(wire::Intent intent);
  void acknowledge(const wire::IntentAck& ack);
  /// With false, what was not begun is dropped: it comes again. With true, outcomes() were told.
  void link_changed(bool up);
  /// Outcomes that no one has acknowledged, for NodeState.
  std::vector<wire::IntentOutcome> outcomes() const;
  void on_outcome(std::function<void(const wire::IntentOutcome&)> report);
  /// Whether this node is the gateway now; without it, intents are never done.
  void acts_while(std::function<bool()> is_gateway);

  /// Writes MirrorBatches, each after its length (4 bytes, big-endian), until the stream ends.
  base::Task<> mirror(link::StreamPtr stream);
  /// One request for the API server.
  base::Task<> serve(wire::HttpOpen open, link::StreamPtr stream);

  base::Task<> stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::kube
