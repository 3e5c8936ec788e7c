// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "protocol/base/error.hpp"

namespace slipway::workloads {

/// Why something may not be done to an object: which part of the request is wrong, by which rule,
/// and what to do instead.
struct Refusal {
  base::ErrorCode code = base::ErrorCode::kConflict;
  std::string field;
  std::string rule;  ///< "stopped", "autoscaled", …: the same words in every version
  std::string message;
  std::string seen = {};     ///< of rule "changed": the version that the caller saw …
  std::string current = {};  ///< … and the one that there is
};

template <class T>
using Ruled = std::expected<T, Refusal>;

}  // namespace slipway::workloads
