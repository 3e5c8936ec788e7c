// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/base/result.hpp"

namespace slipway::net {

/// What a status of 400 and above means to who asked (RFC 9110, and 422 as REST servers use it).
base::ErrorCode code_of_status(int status);

}  // namespace slipway::net
