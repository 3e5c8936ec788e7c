// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace slipway::kube {

/// A Kubernetes quantity ("10Gi", "1.5G", "500m", "1e3") as a whole number, rounded up as the API
/// server does; what is none, or negative, is 0.
std::uint64_t whole_of(std::string_view quantity);

}  // namespace slipway::kube
