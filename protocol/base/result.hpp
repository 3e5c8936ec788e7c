// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "protocol/base/error.hpp"

namespace slipway::base {

/// All that fails in normal life returns this; exceptions are for start-up and bugs.
template <class T = void>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::kInvalid, "…", "field");`
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string field = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(field)});
}

/// Hands an error on from a result of another type.
template <class T>
std::unexpected<Error> fail(const Result<T>& failed) {
  return std::unexpected(failed.error());
}

}  // namespace slipway::base
