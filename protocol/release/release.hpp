// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::release {

inline constexpr std::size_t kMaxStatementBytes = 512;
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::uint64_t kMaxProgramBytes = 64 << 20;
inline constexpr std::size_t kMaxVersionBytes = 64;

/// A program of the agent, as its builder describes it.
struct Release {
  std::string version;           ///< letters, digits and . + - _ ~
  std::uint64_t size_bytes = 0;  ///< 1 to kMaxProgramBytes
  std::string sha256;            ///< 64 lower-case hex digits
  bool operator==(const Release&) const = default;
};

/// A statement is these lines and nothing else, each ended by a line feed:
///   slipway-agent release
///   version: 0.2.0
///   size: 17825792
///   sha256: 9f86d0…
/// kInvalid with the line as field.
base::Result<Release> parse_statement(std::string_view text);
std::string statement_of(const Release& release);

/// What the statement says, once one of `keys_pem` has signed it. kDenied: none of them did;
/// kInvalid: no keys, or no statement.
base::Result<Release> believe(std::string_view statement, std::string_view signature,
                              std::string_view keys_pem);

}  // namespace slipway::release
