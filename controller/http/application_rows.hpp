// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "controller/applications/composition.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::http {

/// What the mirror shows of what a namespace's applications are made of.
applications::Holdings holdings_of(const mirror::Mirror& mirror, const base::ClusterId& cluster,
                                   const std::string& name_space);

/// Puts what an application's parts say, status and counts, into its row.
void complete(wire::MirrorRow& row, const applications::Application& parts);
/// Does so with any row; looks into its namespace when the first one of it comes.
std::function<void(wire::MirrorRow&)> completion_of(const mirror::Mirror& mirror,
                                                    const base::ClusterId& cluster);

/// kUnavailable: what applications are made of is not watched now, and may be otherwise by now.
base::Result<> are_watched(const mirror::Mirror& mirror, const base::ClusterId& cluster);

}  // namespace slipway::http
