// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace slipway::quotas {

namespace {

using base::ErrorCode;
using base::fail;

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kMaxQuantityBytes = 64;
constexpr std::size_t kMaxDigits = 19;  ///< of a number below 2^63
constexpr int kMaxExponent = 36;        ///< beyond it nothing fits, or nothing is left
constexpr std::int64_t kMilli = 1000;

struct Suffix {
  std::string_view text;
  int ten;  ///< power of ten
  int two;  ///< power of two
};
constexpr std::array<Suffix, 16> kSuffixes{{{"", 0, 0},
                                            {"n", -9, 0},
                                            {"u", -6, 0},
                                            {"m", -3, 0},
                                            {"k", 3, 0},
                                            {"M", 6, 0},
                                            {"G", 9, 0},
                                            {"T", 12, 0},
                                            {"P", 15, 0},
                                            {"E", 18, 0},
                                            {"Ki", 0, 10},
                                            {"Mi", 0, 20},
                                            {"Gi", 0, 30},
                                            {"Ti", 0, 40},
                                            {"Pi", 0, 50},
                                            {"Ei", 0, 60}}};

/// digits × 10^ten × 2^two.
struct Parts {
  Wide digits = 0;
  int ten = 0;
  int two = 0;
};

/// Also "e3" and "E-3": powers of ten of one's own.
std::optional<Suffix> suffix_of(std::string_view text) {
  const auto* known = std::ranges::find(kSuffixes, text, &Suffix::text);
  if (known != kSuffixes.end()) return *known;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  int power = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), power);
  if (error != std::errc{} || at != text.data() + text.size()) return std::nullopt;
  if (power < -kMaxExponent || power > kMaxExponent) return std::nullopt;
  return Suffix{{}, power, 0};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// nullopt: no quantity at all, or one of more digits than any that fits.
std::optional<Parts> take_apart(std::string_view text) {
  const auto* const end =
      std::ranges::find_if_not(text, [](char c) { return is_digit(c) || c == '.'; });
  const auto length = static_cast<std::size_t>(end - text.begin());
  const auto number = text.substr(0, length);
  const auto point = number.find('.');
  auto whole = number.substr(0, point);
  auto part = point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
  if (part.find('.') != std::string_view::npos || (whole.empty() && part.empty())) {
    return std::nullopt;
  }
  while (part.ends_with('0')) part.remove_suffix(1);
  while (whole.starts_with('0')) whole.remove_prefix(1);
  if (whole.size() + part.size() > kMaxDigits) return std::nullopt;
  const auto suffix = suffix_of(text.substr(length));
  if (!suffix) return std::nullopt;
  Parts parts{.ten = suffix->ten - static_cast<int>(part.size()), .two = suffix->two};
  for (const auto digits : {whole, part}) {
    for (const char c : digits) parts.digits = parts.digits * 10 + static_cast<unsigned>(c - '0');
  }
  return parts;
}

/// False: it would not fit, and is left as it was.
bool multiply(Wide& value, Wide factor) {
  Wide product = 0;
  if (__builtin_mul_overflow(value, factor, &product)) return false;
  value = product;
  return true;
}

}  // namespace

base::Result<std::int64_t> parse_quantity(std::string_view text, Unit unit, Finer finer) {
  const auto refused = [&](const std::string& why) {
    return fail(ErrorCode::kInvalid,
                "'" + std::string(text.substr(0, kMaxQuantityBytes)) + "' " + why);
  };
  const auto bare = text.starts_with('+') ? text.substr(1) : text;
  if (text.starts_with('-')) return refused("is negative");
  const auto parts = bare.size() > kMaxQuantityBytes ? std::nullopt : take_apart(bare);
  if (!parts) {
    return refused(
        "is no quantity: a number such as 2, 0.5 or 500m, of bytes with a unit such as Mi or Gi");
  }
  Wide above = parts->digits;
  Wide below = 1;
  bool fits = multiply(above, unit == Unit::kMilli ? kMilli : 1);
  fits = fits && multiply(above, Wide{1} << parts->two);
  for (int i = 0; i < parts->ten; ++i) fits = fits && (above == 0 || multiply(above, 10));
  for (int i = 0; i > parts->ten; --i) {
    if (!multiply(below, 10)) break;  // nothing is left of it by then
  }
  const Wide whole = above / below;
  if (!fits || whole >= static_cast<Wide>(std::numeric_limits<std::int64_t>::max())) {
    return refused("is too large");
  }
  if (above % below == 0) return static_cast<std::int64_t>(whole);
  if (finer == Finer::kRoundedUp) return static_cast<std::int64_t>(whole) + 1;
  return refused(unit == Unit::kMilli ? "is finer than a thousandth" : "is no whole number");
}

std::string quantity_text(std::int64_t amount, Unit unit) {
  if (unit == Unit::kMilli) {
    if (amount % kMilli == 0) return std::to_string(amount / kMilli);
    return std::to_string(amount) + "m";
  }
  if (unit == Unit::kCount || amount == 0) return std::to_string(amount);
  std::string_view name;
  for (const auto& suffix : kSuffixes) {
    if (suffix.two > 0 && amount % (std::int64_t{1} << suffix.two) == 0) name = suffix.text;
  }
  const auto* suffix = std::ranges::find(kSuffixes, name, &Suffix::text);
  return std::to_string(amount >> suffix->two) + std::string(name);
}

}  // namespace slipway::quotas
