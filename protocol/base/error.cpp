// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/error.hpp"

#include <array>

namespace slipway::base {
namespace {

constexpr std::array<std::string_view, 8> kNames = {
    "invalid", "denied", "not_found", "conflict", "exhausted", "unavailable", "timeout", "internal",
};

}  // namespace

std::string_view name_of(ErrorCode code) {
  return kNames.at(static_cast<std::size_t>(code));
}

ErrorCode code_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<ErrorCode>(i);
  }
  return ErrorCode::kInternal;
}

}  // namespace slipway::base
