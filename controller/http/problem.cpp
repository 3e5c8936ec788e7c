// SPDX-License-Identifier: Apache-2.0
#include "controller/http/problem.hpp"

#include <boost/json.hpp>

#include "protocol/wire/text.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxDetailBytes = 4096;  ///< the rest of an API server's words is left out
constexpr std::size_t kMaxFieldBytes = 512;

using base::ErrorCode;

int status_of(const base::Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
      return error.field.empty() ? 400 : 422;
    case ErrorCode::kDenied:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kExhausted:
      return 429;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kTimeout:
      return 504;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "The request is malformed";
    case 401:
      return "Not logged in";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed here";
    case 408:
      return "The request did not come in time";
    case 409:
      return "In conflict with the present state";
    case 413:
      return "The body is too large";
    case 415:
      return "The body's type is not taken here";
    case 422:
      return "The input is wrong";
    case 426:
      return "This is a WebSocket";
    case 429:
      return "A limit is reached";
    case 431:
      return "The request's head is too large";
    case 501:
      return "Not implemented";
    case 503:
      return "Out of reach now";
    case 504:
      return "No answer in time";
    default:
      return "Internal error";
  }
}

boost::json::array views(const std::vector<RefusedObject>& refusals) {
  boost::json::array all;
  for (const auto& [document, line, object, why] : refusals) {
    boost::json::object out{{"object", object},
                            {"rule", why.rule},
                            {"field", why.field},
                            {"message", why.what},
                            {"wayOut", why.way_out}};
    if (document > 0) {
      out["document"] = document;
      out["line"] = line;
    }
    all.push_back(std::move(out));
  }
  return all;
}

}  // namespace

Problem problem_of(const base::Error& error) {
  if (error.code == ErrorCode::kInvalid && error.field == "Content-Type") {
    return {.status = 415,
            .code = "unsupported_media_type",
            .detail = error.message,
            .field = error.field};
  }
  return {.status = status_of(error),
          .code = std::string(base::name_of(error.code)),
          .detail = error.message,
          .field = error.field};
}

Problem unauthenticated(std::string detail) {
  return {.status = 401, .code = "unauthenticated", .detail = std::move(detail)};
}

boost::json::object problem_object(const Problem& problem) {
  const auto said = [](const std::string& text, std::size_t most) {
    const auto clean = wire::clean_text(text);  // it may quote what somebody sent
    return wire::head_of(clean, most);
  };
  boost::json::object document{{"type", "urn:slipway:problem:" + problem.code},
                               {"title", title_of(problem.status)},
                               {"status", problem.status},
                               {"detail", said(problem.detail, kMaxDetailBytes)}};
  if (!problem.field.empty()) document["field"] = said(problem.field, kMaxFieldBytes);
  if (problem.line > 0) document["line"] = problem.line;
  if (problem.column > 0) document["column"] = problem.column;
  if (!problem.rule.empty()) document["rule"] = problem.rule;
  if (!problem.seen.empty()) document["seen"] = problem.seen;
  if (!problem.current.empty()) document["current"] = problem.current;
  if (!problem.refusals.empty()) document["refusals"] = views(problem.refusals);
  if (!problem.shortages.empty()) document["shortages"] = problem.shortages;
  if (!problem.present.empty()) document["present"] = problem.present;
  return document;
}

net::HttpResponse to_response(const Problem& problem, const std::string& request_id) {
  auto document = problem_object(problem);
  document["requestId"] = request_id;
  net::HttpResponse response;
  response.status = problem.status;
  response.headers.set("Content-Type", "application/problem+json");
  if (problem.status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"slipway\"");
  response.body = boost::json::serialize(document);
  return response;
}

}  // namespace slipway::http
