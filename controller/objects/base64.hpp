// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::objects {

/// As Kubernetes writes bytes in JSON and YAML: the standard alphabet, padded.
std::string base64(std::string_view bytes);

}  // namespace slipway::objects
