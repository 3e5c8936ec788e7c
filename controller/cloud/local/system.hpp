// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

using Fd = base::Descriptor;

/// The error of the system call that just failed, told as "`what`: reason"; kDenied where root's
/// rights are missing, else kInternal.
std::unexpected<base::Error> system_failure(std::string what);

}  // namespace slipway::cloud::local
