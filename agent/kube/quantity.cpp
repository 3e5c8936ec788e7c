// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/quantity.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace slipway::kube {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr Suffix kSuffixes[] = {
    {"", 1},        {"n", 1e-9},    {"u", 1e-6},    {"m", 1e-3},    {"k", 1e3},     {"M", 1e6},
    {"G", 1e9},     {"T", 1e12},    {"P", 1e15},    {"E", 1e18},    {"Ki", 0x1p10}, {"Mi", 0x1p20},
    {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60},
};

std::optional<double> factor_of(std::string_view suffix) {
  for (const auto& known : kSuffixes) {
    if (known.text == suffix) return known.factor;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t whole_of(std::string_view quantity) {
  double number = 0;
  const auto* end = quantity.data() + quantity.size();
  // "1E" is an exa, "1E3" is a thousand: from_chars takes an exponent only with digits.
  const auto [at, error] = std::from_chars(quantity.data(), end, number);
  if (error != std::errc{}) return 0;
  const auto factor = factor_of({at, static_cast<std::size_t>(end - at)});
  if (!factor || !std::isfinite(number) || number <= 0) return 0;
  const double whole = std::ceil(number * *factor);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return whole >= static_cast<double>(kMost) ? kMost : static_cast<std::uint64_t>(whole);
}

}  // namespace slipway::kube
