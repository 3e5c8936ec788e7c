// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <optional>

#include "controller/cloud/local/record.hpp"
#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

inline constexpr std::uint64_t kSystemDiskBytes = std::uint64_t{20} << 30;
inline constexpr std::uint64_t kSmallestSystemDiskBytes = std::uint64_t{1} << 30;

/// Makes the file of a volume, sparse and of its whole size: "system" an XFS file system,
/// "containerd" a clone of the image's store (XFS with an identity of its own, smaller than the
/// disk: the agent grows it), anything else blank. Begins anew what was half made.
base::Task<base::Result<>> make_disk(boost::asio::thread_pool& pool, VolumeRecord volume,
                                     std::filesystem::path file,
                                     std::optional<std::filesystem::path> store);

/// Copies only what holds data. Blocks.
base::Result<> copy_sparse(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace slipway::cloud::local
