// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/problem.hpp"
#include "controller/workloads/refusal.hpp"

namespace slipway::http {

/// What a rule refuses, as a problem document says it.
inline Problem problem_of(const workloads::Refusal& why) {
  auto problem = problem_of(base::Error{why.code, why.message, why.field});
  problem.rule = why.rule;
  problem.seen = why.seen;
  problem.current = why.current;
  return problem;
}

}  // namespace slipway::http
