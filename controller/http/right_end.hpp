// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/base/error.hpp"

namespace slipway::http {

inline constexpr char kRightField[] = "rights";

/// Why a stream is reset whose caller may not have it any more; `why`: what they were told of it.
inline base::Error right_end(const std::string& why) {
  return {base::ErrorCode::kDenied, "you may not any more: " + why, kRightField};
}

/// Whether a stream ended for that, and not since its agent refused something, which is kDenied
/// too.
inline bool is_right_end(const base::Error& why) {
  return why.code == base::ErrorCode::kDenied && why.field == kRightField;
}

}  // namespace slipway::http
