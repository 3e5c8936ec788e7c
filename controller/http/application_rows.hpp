// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "controller/applications/composition.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::http {

/// What the mirror shows of what applications are made of, by namespace; of none but those of `in`.
std::map<std::string, applications::Holdings> holdings_of(
    const mirror::Mirror& mirror, const base::ClusterId& cluster,
    const std::optional<std::set<std::string>>& in);

/// Of one namespace.
applications::Holdings holdings_of(const mirror::Mirror& mirror, const base::ClusterId& cluster,
                                   const std::string& name_space);

/// Puts what an application's parts say, status and counts, into its row.
void complete(wire::MirrorRow& row, const applications::Application& parts);
/// Does so with any row of the namespaces that a list asks for.
std::function<void(wire::MirrorRow&)> completion_of(const mirror::Mirror& mirror,
                                                    const base::ClusterId& cluster,
                                                    const mirror::Query& query);

/// kUnavailable: what applications are made of is not watched now, and may be otherwise by now.
base::Result<> are_watched(const mirror::Mirror& mirror, const base::ClusterId& cluster);

}  // namespace slipway::http
