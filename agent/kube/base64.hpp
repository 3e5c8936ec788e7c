// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::kube {

/// As Kubernetes objects hold bytes.
std::string to_base64(std::string_view bytes);

}  // namespace slipway::kube
