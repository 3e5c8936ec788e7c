// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::dns {

inline constexpr std::size_t kMaxEventBytes = 4 << 20;

/// One event of a Kubernetes watch.
struct WatchEvent {
  std::string type;  ///< ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
  boost::json::object object;
};

/// Cuts the body of a watch into events: one JSON object a line, in pieces as the network gives
/// them.
class WatchLines {
 public:
  /// Events that are whole now; kInvalid for what is no event, kExhausted for one too long.
  base::Result<std::vector<WatchEvent>> add(std::string_view bytes);

 private:
  std::string rest_;
};

}  // namespace slipway::dns
