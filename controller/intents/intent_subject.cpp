// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intent_subject.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/json_text.hpp"

namespace slipway::intents {

namespace {

/// Of "/apis/apps/v1/namespaces/x/deployments/web?…".
struct Place {
  std::string name_space;
  std::string plural;
  std::string name;
};

std::vector<std::string> parts_of(std::string_view path) {
  path = path.substr(0, path.find('?'));
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto end = path.find('/');
    if (end != 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

Place place_in(std::string_view path) {
  const auto parts = parts_of(path);
  Place place;
  std::size_t at = !parts.empty() && parts.front() == "api" ? 2 : 3;  // group and version
  if (at + 2 < parts.size() && parts[at] == "namespaces") {
    place.name_space = parts[at + 1];
    at += 2;
  }
  if (at < parts.size()) place.plural = parts[at];
  if (at + 1 < parts.size()) place.name = parts[at + 1];
  return place;
}

std::string text_at(const boost::json::value& from, std::initializer_list<const char*> path) {
  const auto* value = &from;
  for (const char* key : path) {
    const auto* object = value->if_object();
    value = object == nullptr ? nullptr : object->if_contains(key);
    if (value == nullptr) return {};
  }
  return value->is_string() ? std::string(value->get_string()) : std::string{};
}

/// Its kind stands before its name in what the request is about: "scale Deployment web in x".
std::string kind_in(std::string_view summary, const std::string& name) {
  const auto padded = std::string(summary) + " ";
  const auto end = padded.find(" " + name + " ");
  if (name.empty() || end == std::string::npos) return {};
  const auto begin = padded.rfind(' ', end == 0 ? 0 : end - 1);
  return begin == std::string::npos ? std::string{} : padded.substr(begin + 1, end - begin - 1);
}

const char* done_by(const std::string& method) {
  if (method == "POST") return "created";
  return method == "DELETE" ? "deleted" : "configured";
}

}  // namespace

wire::IntentOutcome with_subject(const wire::Intent& intent, wire::IntentOutcome outcome) {
  if (!intent.tenant().has_request() || !outcome.objects().empty()) return outcome;
  const auto& request = intent.tenant().request();
  auto place = place_in(request.path());
  std::string kind;
  if (request.method() == "POST") {
    const auto body = base::read_json(request.body());
    if (body && place.name.empty()) place.name = text_at(*body, {"metadata", "name"});
    if (body) kind = text_at(*body, {"kind"});
  }
  if (kind.empty()) kind = kind_in(intent.summary(), place.name);
  auto& object = *outcome.add_objects();
  object.set_kind(kind.empty() ? place.plural : kind);
  object.set_pod_namespace(place.name_space);
  object.set_name(place.name);
  object.set_ok(outcome.ok());
  object.set_http_status(outcome.http_status());
  object.set_message(outcome.message());
  object.set_field(outcome.field());
  if (outcome.ok()) object.set_action(done_by(request.method()));
  return outcome;
}

}  // namespace slipway::intents
