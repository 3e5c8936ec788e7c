// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::bootstrap {

/// A double-quoted string as YAML, TOML and JSON all read it.
std::string double_quoted(std::string_view text);

}  // namespace slipway::bootstrap
