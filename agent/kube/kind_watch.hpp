// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>
#include <vector>

#include "agent/kube/kinds.hpp"
#include "agent/kube/kube_api.hpp"
#include "agent/kube/rest_mapping.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::kube {

/// Where batches go; waits while the receiver is slow. An error ends the watch.
using BatchSink = std::function<base::Task<base::Result<>>(wire::MirrorBatch)>;

/// One kind, listed in pages and then watched from there, over and over: a watch that ends goes on
/// at its last version, one whose version is too old (410) begins with a list.
class KindWatch {
 public:
  KindWatch(KubeApi& api, base::asio::thread_pool& pool, const base::Clock& clock, const Kind& kind,
            BatchSink sink, base::Backoff backoff);

  base::Task<> run();  ///< until the sink fails or it is cancelled
  /// One list or one watch; an error says why it broke. The sink's failure is kUnavailable too, and
  /// sets over().
  base::Task<base::Result<>> step();
  bool over() const { return over_; }

 private:
  base::Task<base::Result<>> list();
  base::Task<base::Result<>> watch();
  base::Task<base::Result<net::HttpResponse>> page(std::string path, std::string next);
  base::Task<base::Result<>> take_lines(std::string& held);
  base::Task<base::Result<>> fill(wire::MirrorBatch& batch, std::vector<wire::MirrorRow> rows);
  base::Task<base::Result<>> give(wire::MirrorBatch batch);
  base::Task<base::Result<std::string>> root();
  wire::MirrorBatch new_batch() const;

  KubeApi& api_;
  RestMapping mapping_;
  base::asio::thread_pool& pool_;
  const base::Clock& clock_;
  const Kind& kind_;
  BatchSink sink_;
  base::Backoff backoff_;
  std::string path_;     // by discovery; empty: not known
  std::string version_;  // to watch from; empty: list first
  int page_size_;
  bool over_ = false;
};

}  // namespace slipway::kube
