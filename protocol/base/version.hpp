// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace slipway::base {

/// Of this build, "0.1.0": the same word wherever a program says what it is.
const char* version();

}  // namespace slipway::base
