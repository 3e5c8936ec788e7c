// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "controller/console/console_files.hpp"
#include "controller/http/routes.hpp"

namespace slipway::http {

/// The web page: its files below /assets, and index.html for each place of it (/console/…), which
/// the page itself takes apart. Open to all: who may see what is the API's to decide. `files`
/// outlive the routes; one of them is index.html.
Routes console_routes(std::span<const console::File> files);

}  // namespace slipway::http
