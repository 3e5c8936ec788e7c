// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <filesystem>

#include "protocol/base/task.hpp"
#include "protocol/link/link.hpp"
#include "protocol/release/release.hpp"

namespace slipway::agent_release {

/// Appends what comes on the stream to `partial`, which holds the program's bytes up to the
/// stream's offset. Returns once the file has the release's size. kUnavailable, kTimeout: the link
/// broke, what came is kept; kExhausted: too many fetch at once; kInvalid: more or less came than
/// the release has; kInternal: the disk refuses.
base::Task<base::Result<>> fetch(link::StreamPtr stream, boost::asio::thread_pool& pool,
                                 std::filesystem::path partial, release::Release release);

/// How much of it is there.
std::uint64_t bytes_of(const std::filesystem::path& partial);

/// The whole file becomes the program: its digest is the release's, and it says the release's
/// version. kInvalid: it is another, the file is gone.
base::Task<base::Result<>> accept(boost::asio::thread_pool& pool, std::filesystem::path partial,
                                  std::filesystem::path program, release::Release release);

}  // namespace slipway::agent_release
