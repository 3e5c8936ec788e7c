// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/tally.hpp"

#include <boost/json.hpp>

namespace slipway::swarm {

namespace {

constexpr std::size_t kKindsOfFailure = 40;

std::int64_t nanoseconds(base::MonotonicTime moment) {
  return base::Duration(moment.time_since_epoch()).count();
}

}  // namespace

void Tally::failed(const std::string& why) {
  if (failures.size() < kKindsOfFailure || failures.contains(why)) ++failures[why];
}

boost::json::object stat_of(const Tally& tally, std::size_t whole) {
  boost::json::object failures;
  for (const auto& [why, count] : tally.failures) failures[why] = count;
  boost::json::object out{{"agents", whole},
                          {"up", tally.up},
                          {"attempts", tally.attempts},
                          {"links", tally.links},
                          {"streams", tally.streams},
                          {"opened", tally.opened},
                          {"began_ns", nanoseconds(tally.began)},
                          {"failures", std::move(failures)}};
  if (tally.up == whole) out["all_up_ns"] = nanoseconds(tally.rose_last);
  return out;
}

}  // namespace slipway::swarm
