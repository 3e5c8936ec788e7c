// SPDX-License-Identifier: Apache-2.0
#include "controller/http/intent_views.hpp"

#include <boost/json.hpp>

namespace slipway::http {

namespace json = boost::json;

json::object view(const intents::Outcome& outcome) {
  const auto& answer = outcome.answer;
  const bool done = outcome.state == intents::State::kDone;
  bool ok = answer.ok();
  json::array objects;
  for (const auto& object : answer.objects()) {
    ok = ok && object.ok();
    json::object out{{"kind", object.kind()},
                     {"name", object.name()},
                     {"ok", object.ok()},
                     {"status", object.http_status()},
                     {"action", object.action()}};
    if (!object.pod_namespace().empty()) out["namespace"] = object.pod_namespace();
    if (!object.message().empty()) out["message"] = object.message();
    if (!object.field().empty()) out["field"] = object.field();
    if (object.has_undo()) out["canUndo"] = true;
    if (object.line() > 0) {
      out["line"] = object.line();
      out["column"] = object.column();
    }
    objects.push_back(std::move(out));
  }
  json::object out{{"intent", outcome.id.value},
                   {"state", !done ? "waiting"
                             : ok  ? "done"
                                   : "failed"},
                   {"objects", std::move(objects)}};
  if (!answer.message().empty()) out["message"] = answer.message();
  return out;
}

base::Error refusal_of(const wire::IntentOutcome& answer) {
  using base::ErrorCode;
  auto message = answer.message();
  if (message.empty()) message = "the API server answered " + std::to_string(answer.http_status());
  switch (answer.http_status()) {
    case 400:
    case 422:
      return {ErrorCode::kInvalid, message, answer.field()};
    case 401:
    case 403:
      return {ErrorCode::kDenied, message, {}};
    case 404:
      return {ErrorCode::kNotFound, message, {}};
    case 409:
      return {ErrorCode::kConflict, message, {}};
    case 429:
      return {ErrorCode::kExhausted, message, {}};
    case 504:
      return {ErrorCode::kTimeout, message, {}};
    default:
      return {ErrorCode::kUnavailable, message, {}};
  }
}

}  // namespace slipway::http
