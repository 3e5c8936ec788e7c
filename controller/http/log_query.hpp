// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/input.hpp"
#include "protocol/base/clock.hpp"
#include "stream.pb.h"

namespace slipway::http {

/// Which lines of a log are asked for, by a query in the words that all logs have: container,
/// tailLines, sinceSeconds, sinceTime, previous, limitBytes. What is wrong the reader keeps.
wire::LogOpen read_log_query(QueryReader& query, base::UtcTime now);

}  // namespace slipway::http
