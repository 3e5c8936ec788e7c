// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "report.pb.h"

namespace slipway::facts {

/// The machine's disks: those that are mounted with what is used of them, and those that are not.
/// The bind mounts of one device are told once, by its shortest mount point.
std::vector<wire::Disk> disks(const std::filesystem::path& root);

}  // namespace slipway::facts
