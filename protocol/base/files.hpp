// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::base {

inline constexpr std::size_t kFileLimitBytes = 64 << 20;

/// The whole file; kNotFound, kDenied or kExhausted (over `limit_bytes`).
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t limit_bytes = kFileLimitBytes);

/// Writes a temporary beside `path` with `mode` from its first byte, fsyncs, renames: old or new,
/// never half.
Result<> write_file(const std::filesystem::path& path, std::string_view content, int mode = 0644);

/// All of it to an open file, for those that are written piece by piece; errors name `path`.
Result<> write_all(int fd, std::string_view content, const std::filesystem::path& path);

}  // namespace slipway::base
