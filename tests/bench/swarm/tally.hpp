// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "protocol/base/clock.hpp"

namespace slipway::swarm {

/// What happened to all of a swarm so far.
struct Tally {
  /// One that is up, as long as it lives.
  class Up {
   public:
    Up(Tally& tally, base::MonotonicTime now) : tally_(tally) {
      ++tally_.up;
      ++tally_.links;
      tally_.rose_last = now;
    }
    ~Up() { --tally_.up; }
    Up(const Up&) = delete;

   private:
    Tally& tally_;
  };

  std::size_t up = 0;
  std::uint64_t attempts = 0;
  std::uint64_t links = 0;                        ///< that were up once
  std::uint64_t streams = 0;                      ///< open now
  std::uint64_t opened = 0;                       ///< streams so far
  base::MonotonicTime began{};                    ///< when the first dialled
  base::MonotonicTime rose_last{};                ///< when the latest came up
  std::map<std::string, std::uint64_t> failures;  ///< why attempts and links ended, bounded
  void failed(const std::string& why);
};

/// Moments are of the monotonic clock; `all_up_ns` is there where all of them are up.
boost::json::object stat_of(const Tally& tally, std::size_t whole);

}  // namespace slipway::swarm
