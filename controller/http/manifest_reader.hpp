// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string_view>
#include <vector>

#include "protocol/base/task.hpp"
#include "protocol/manifest/manifest.hpp"

namespace slipway::http {

/// Reads manifests beside the io thread, which the largest would hold up for half a second: on a
/// thread of its own, so that no login waits for them, in the order they came and one at a time, so
/// that many need no more memory than one. Used on the io thread.
class ManifestReader {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  /// `yaml` must live until then. Its faults are parse_manifest's, and kExhausted: too many wait.
  base::Task<manifest::Checked<std::vector<manifest::ManifestObject>>> read(std::string_view yaml);

 private:
  std::size_t waiting_ = 0;
  boost::asio::thread_pool pool_{1};
};

}  // namespace slipway::http
