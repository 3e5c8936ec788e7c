// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/error.hpp"

namespace slipway::http {

/// What a JSON text says in two ways or in none: a key that is there twice, of which a parser would
/// take the later in silence, and U+0000, at which others would cut a text. kInvalid with the
/// field's path; nullopt: none, or no JSON, which the parser says better.
std::optional<base::Error> ambiguity_in(std::string_view text);

}  // namespace slipway::http
