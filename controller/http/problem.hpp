// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "protocol/base/error.hpp"
#include "protocol/net/http.hpp"
#include "protocol/policy/findings.hpp"

namespace slipway::http {

/// Why an object of a manifest may not stand in its namespace.
struct RefusedObject {
  std::size_t document = 1;  ///< of the manifest, empty ones not counted
  int line = 1;              ///< where it begins
  std::string object;        ///< "Deployment web"
  policy::Refusal why;
};

/// A problem document (RFC 9457) to be; `code` ends its type `urn:slipway:problem:<code>`.
struct Problem {
  int status = 500;
  std::string code = "internal";
  std::string detail;
  std::string field;  ///< which part of the input
  int line = 0;       ///< of the body, 0: none
  int column = 0;
  std::vector<RefusedObject> refusals = {};
  std::string rule = {};              ///< by which an object's state refuses it
  std::string seen = {};              ///< the version that the caller saw …
  std::string current = {};           ///< … where another is there now
  boost::json::array shortages = {};  ///< of budgets
  boost::json::object present = {};   ///< what is there now of what changed meanwhile
};

/// The one table from the codes of failures to HTTP.
Problem problem_of(const base::Error& error);
Problem unauthenticated(std::string detail);

/// The document's members but for requestId, which an answer has.
boost::json::object problem_object(const Problem& problem);
net::HttpResponse to_response(const Problem& problem, const std::string& request_id);

}  // namespace slipway::http
