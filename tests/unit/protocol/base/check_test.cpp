// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/check.hpp"

#include <gtest/gtest.h>

#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::base {
namespace {

TEST(CheckDeathTest, WhatDoesNotHoldEndsTheProgramAndSaysWhere) {
  check(true, "one is one");
  EXPECT_EXIT(check(false, "one is two"), testing::KilledBySignal(SIGABRT),
              "check_test.cpp:[0-9]+: this must hold: one is two");
}

TEST(CheckDeathTest, ATaskScopeThatEndsWhileATaskRunsEndsTheProgram) {
  const auto drop = [] {
    asio::io_context io;
    TaskScope scope(io.get_executor());
    scope.spawn("sleeper", sleep_for(std::chrono::hours{1}));
    io.poll();
  };
  EXPECT_EXIT(drop(), testing::KilledBySignal(SIGABRT), "a TaskScope is joined before it ends");
}

}  // namespace
}  // namespace slipway::base
