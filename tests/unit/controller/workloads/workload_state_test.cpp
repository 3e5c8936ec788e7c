// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/workload_state.hpp"

#include <gtest/gtest.h>

namespace slipway::workloads {
namespace {

struct Numbers {
  std::uint32_t desired, pods, ready, updated;
};

wire::WorkloadRow row_of(const Numbers& numbers) {
  wire::WorkloadRow row;
  row.set_desired(numbers.desired);
  row.set_pods(numbers.pods);
  row.set_ready(numbers.ready);
  row.set_updated(numbers.updated);
  row.set_stopped(numbers.desired == 0);
  return row;
}

TEST(WorkloadState, ByItsNumbers) {
  const std::pair<Numbers, const char*> cases[] = {
      {{3, 3, 3, 3}, "running"},    {{0, 0, 0, 0}, "stopped"},    {{0, 1, 0, 0}, "processing"},
      {{3, 3, 0, 3}, "not_ready"},  {{3, 0, 0, 0}, "not_ready"},  {{3, 3, 2, 3}, "processing"},
      {{3, 3, 3, 1}, "processing"}, {{3, 4, 3, 3}, "processing"},
  };
  for (const auto& [numbers, state] : cases) {
    EXPECT_EQ(name_of(state_of(row_of(numbers))), state)
        << numbers.desired << " " << numbers.pods << " " << numbers.ready;
  }
}

TEST(WorkloadState, WhatItsControllerHasNotSeenIsNotSaid) {
  auto row = row_of({3, 3, 3, 3});
  row.set_behind(true);
  EXPECT_EQ(state_of(row), WorkloadState::kProcessing);
}

TEST(WorkloadState, ADaemonSetThatFitsNoNodeRunsAndOneWithOldPodsOnPurposeToo) {
  wire::WorkloadRow nowhere;
  EXPECT_EQ(state_of(nowhere), WorkloadState::kRunning);
  auto old = row_of({2, 2, 2, 0});
  EXPECT_EQ(state_of(old), WorkloadState::kProcessing);
  old.set_strategy("OnDelete");
  EXPECT_EQ(state_of(old), WorkloadState::kRunning);
}

}  // namespace
}  // namespace slipway::workloads
