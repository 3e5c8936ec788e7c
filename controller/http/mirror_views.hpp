// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "controller/mirror/mirror.hpp"
#include "report.pb.h"

namespace slipway::http {

/// How a row of the mirror looks in answers, by what it holds.
boost::json::object view(const wire::MirrorRow& row);
/// "asOf", and "stale" where it is not watched now: why.
void put_freshness(boost::json::object& out, const mirror::Freshness& fresh);

}  // namespace slipway::http
