// SPDX-License-Identifier: Apache-2.0
#include "controller/links/problem.hpp"

#include <boost/json.hpp>

namespace slipway::links {

namespace {

int status_of(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::kInvalid:
      return 400;
    case base::ErrorCode::kDenied:
      return 403;
    case base::ErrorCode::kNotFound:
      return 404;
    case base::ErrorCode::kConflict:
      return 409;
    case base::ErrorCode::kExhausted:
      return 429;
    case base::ErrorCode::kUnavailable:
      return 503;
    case base::ErrorCode::kTimeout:
      return 504;
    case base::ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

}  // namespace

net::HttpResponse problem(const base::Error& why, int status) {
  const std::string code(name_of(why.code));
  const int shown = status ? status : status_of(why.code);
  boost::json::object document{{"type", "urn:slipway:problem:" + code},
                               {"title", code},
                               {"status", shown},
                               {"detail", why.message}};
  if (!why.field.empty()) document["field"] = why.field;
  net::HttpResponse response;
  response.status = shown;
  response.headers.set("Content-Type", "application/problem+json");
  if (shown == 429 || shown == 503) response.headers.set("Retry-After", "2");
  response.body = boost::json::serialize(document);
  return response;
}

}  // namespace slipway::links
