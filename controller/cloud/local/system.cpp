// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/system.hpp"

#include <cerrno>
#include <system_error>

namespace slipway::cloud::local {

std::unexpected<base::Error> system_failure(std::string what) {
  int number = errno;
  bool denied = number == EPERM || number == EACCES;
  return base::fail(denied ? base::ErrorCode::kDenied : base::ErrorCode::kInternal,
                    std::move(what) + ": " + std::generic_category().message(number));
}

}  // namespace slipway::cloud::local
