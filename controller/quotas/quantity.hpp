// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::quotas {

/// What a resource is counted in, as a whole number.
enum class Unit {
  kMilli,  ///< thousandths: of a core
  kBytes,
  kCount,
};

/// What is finer than the unit.
enum class Finer {
  kRefused,
  kRoundedUp,  ///< as the API server sums up what is used
};

/// A quantity as Kubernetes writes it (apimachinery's resource.Quantity: "500m", "1.5Gi", "2e3"),
/// exactly. kInvalid says what is wrong with it: no quantity, negative, too large, too fine.
base::Result<std::int64_t> parse_quantity(std::string_view text, Unit unit,
                                          Finer finer = Finer::kRefused);
/// The other way, as the API server would write it: "500m", "2", "1536Mi".
std::string quantity_text(std::int64_t amount, Unit unit);

}  // namespace slipway::quotas
