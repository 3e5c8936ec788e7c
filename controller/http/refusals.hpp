// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

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

/// Whether something may be done now, so that a page can say why not before it is asked.
template <class T>
boost::json::object permission_view(const workloads::Ruled<T>& may) {
  boost::json::object out{{"allowed", may.has_value()}};
  if (may) return out;
  out["rule"] = may.error().rule;
  out["field"] = may.error().field;
  out["detail"] = may.error().message;
  return out;
}

}  // namespace slipway::http
