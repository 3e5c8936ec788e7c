// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "agent/link/identity_store.hpp"
#include "enrol.pb.h"
#include "protocol/base/task.hpp"

namespace slipway::agent_link {

/// Asks the controller for a certificate: `POST /enrol` with a token, `POST /renew` without. The
/// server must show the pinned CA. kDenied: a foreign server, or a refusal; `field` says of what
/// ("token", "key", "address", "machine", "ca"). kUnavailable, kExhausted: try again later.
base::Task<base::Result<wire::EnrolResponse>> ask_certificate(boost::asio::any_io_executor executor,
                                                              Controller controller,
                                                              wire::EnrolRequest request);

}  // namespace slipway::agent_link
