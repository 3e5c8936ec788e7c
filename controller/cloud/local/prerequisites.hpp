// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

/// What this host lacks for machines, each a sentence that says what to do; empty: nothing.
/// Loads kernel modules and raises limits where that is all it takes.
base::Task<std::vector<std::string>> missing_prerequisites(std::filesystem::path directory);

/// True when `program` is in PATH or one of the system's program directories.
bool has_program(const std::string& program);

}  // namespace slipway::cloud::local
