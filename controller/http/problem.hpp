// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "protocol/base/error.hpp"
#include "protocol/net/http.hpp"

namespace slipway::http {

/// A problem document (RFC 9457) to be; `code` ends its type `urn:slipway:problem:<code>`.
struct Problem {
  int status = 500;
  std::string code = "internal";
  std::string detail;
  std::string field;  ///< which part of the input
  int line = 0;       ///< of the body, 0: none
  int column = 0;
};

/// The one table from the codes of failures to HTTP.
Problem problem_of(const base::Error& error);
Problem unauthenticated(std::string detail);

/// The document's members but for requestId, which an answer has.
boost::json::object problem_object(const Problem& problem);
net::HttpResponse to_response(const Problem& problem, const std::string& request_id);

}  // namespace slipway::http
