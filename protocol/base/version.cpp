// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/version.hpp"

namespace slipway::base {

const char* version() {
  return SLIPWAY_VERSION;
}

}  // namespace slipway::base
