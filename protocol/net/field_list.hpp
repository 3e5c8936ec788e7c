// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace slipway::net {

/// The members of a field that is a list (RFC 9110, 5.6.1), without the blanks around them and
/// without empty ones. Views into `field`.
std::vector<std::string_view> members_of(std::string_view field);

}  // namespace slipway::net
