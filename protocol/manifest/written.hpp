// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace slipway::manifest {

/// What of an object somebody wrote, as one text, by which a change of it is found: spec, data,
/// labels, annotations, finalizers, owners. Left out is what stands there without anybody's doing:
/// its status, what the API server notes of each write, and what Kubernetes' own controllers write
/// into objects that are others'. What they fill in for good, a claim's volume, is a change.
std::string written_text(const boost::json::object& object);

}  // namespace slipway::manifest
