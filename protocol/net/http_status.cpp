// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http_status.hpp"

namespace slipway::net {

using base::ErrorCode;

ErrorCode code_of_status(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422:
    case 431:
      return ErrorCode::kInvalid;
    case 401:
    case 403:
      return ErrorCode::kDenied;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
    case 410:
      return ErrorCode::kConflict;
    case 429:
      return ErrorCode::kExhausted;
    case 504:
      return ErrorCode::kTimeout;
    default:
      return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInternal;
  }
}

}  // namespace slipway::net
