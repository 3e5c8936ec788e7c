// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/base/result.hpp"

namespace slipway::base {

namespace asio = boost::asio;

/// A coroutine on the process's one io thread.
template <class T = void>
using Task = asio::awaitable<T>;

}  // namespace slipway::base
