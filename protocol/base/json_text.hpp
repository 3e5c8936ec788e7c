// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::base {

/// How deep JSON may be that other programs answer. A manifest may have two thirds of it; the rest
/// is for lists around an object, and for the books that are kept of its fields beside them.
inline constexpr std::size_t kJsonDepth = 96;

/// kInvalid says what is wrong with the text.
Result<boost::json::value> read_json(std::string_view text);

/// The same text for equal values, in whatever order their members are.
std::string canonical_json(const boost::json::value& value);

}  // namespace slipway::base
