// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/review.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "protocol/base/json_text.hpp"
#include "protocol/policy/fields.hpp"

namespace slipway::policy {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kUidLength = 128;
constexpr int kForbidden = 403;
constexpr int kUnavailable = 503;

std::unexpected<base::Error> wrong(std::string what) {
  return base::fail(ErrorCode::kInvalid, "no AdmissionReview: " + std::move(what));
}

Result<json::value> parse(std::string_view body) {
  if (body.size() > kReviewLimitBytes) return wrong("larger than 8 MiB");
  auto value = base::read_json(body);
  if (!value) return wrong(value.error().message);
  return value;
}

Asker asker_of(const json::object& request) {
  const auto& info = object_in(request, "userInfo");
  Asker asker{.user = std::string(text_in(info, "username")), .groups = {}};
  for (const auto& group : array_in(info, "groups")) asker.groups.emplace_back(text_of(group));
  return asker;
}

/// nullopt: something else than making and changing is asked.
std::optional<Change> change_of(const json::object& request, const Asker& asker) {
  const auto operation = text_in(request, "operation");
  const auto* object = value_in(request, "object");
  if ((operation != "CREATE" && operation != "UPDATE") || object == nullptr) return std::nullopt;
  const auto& kind = object_in(request, "kind");
  const auto* old = value_in(request, "oldObject");
  const bool changes = operation == "UPDATE" && old != nullptr && old->is_object();
  return Change{.group = text_in(kind, "group"),
                .kind = text_in(kind, "kind"),
                .object = *object,
                .old = changes ? old : nullptr,
                .asker = asker};
}

json::object refused(const std::vector<Refusal>& all) {
  json::array causes;
  for (const auto& refusal : all)
    causes.push_back(json::object{{"reason", refusal.rule},
                                  {"field", refusal.field},
                                  {"message", refusal.what + ": " + refusal.way_out}});
  return {{"status", "Failure"},
          {"message", sentence_of(all)},
          {"reason", "Forbidden"},
          {"details", json::object{{"causes", std::move(causes)}}},
          {"code", kForbidden}};
}

/// `status` is absent where it is allowed.
std::string said(const json::value& document, std::optional<json::object> status) {
  const auto& all = members(&document);
  json::object response{{"uid", text_in(object_in(all, "request"), "uid")},
                        {"allowed", !status.has_value()}};
  if (status) response["status"] = *std::move(status);
  return json::serialize(json::object{{"apiVersion", text_in(all, "apiVersion")},
                                      {"kind", "AdmissionReview"},
                                      {"response", std::move(response)}});
}

}  // namespace

Result<Review> Review::read(std::string_view body) {
  auto asked = parse(body);
  if (!asked) return base::fail(asked);
  const auto& document = members(&*asked);
  const auto version = text_in(document, "apiVersion");
  if (text_in(document, "kind") != "AdmissionReview") return wrong("of another kind");
  if (version != "admission.k8s.io/v1" && version != "admission.k8s.io/v1beta1")
    return wrong("of a version that is not known here");
  const auto uid = text_in(object_in(document, "request"), "uid");
  if (uid.empty() || uid.size() > kUidLength) return wrong("without a request that has a uid");
  return Review(*std::move(asked));
}

Review::Review(json::value document)
    : document_(std::move(document)), asker_(asker_of(object_in(members(&document_), "request"))) {}

std::string Review::name_space() const {
  return std::string(text_in(object_in(members(&document_), "request"), "namespace"));
}

Needed Review::needed() const {
  const auto change = change_of(object_in(members(&document_), "request"), asker_);
  return change ? needed_by(*change) : Needed{};
}

std::string Review::answer(const ResourceFacts& facts) const {
  const auto change = change_of(object_in(members(&document_), "request"), asker_);
  if (!change) return said(document_, std::nullopt);
  auto all = refusals(*change, {.of_project = true});
  std::ranges::move(resource_refusals(*change, facts), std::back_inserter(all));
  if (all.empty()) return said(document_, std::nullopt);
  if (all.size() > kMaxRefusals) all.resize(kMaxRefusals);
  return said(document_, refused(all));
}

std::string Review::refuse(const std::string& why) const {
  return said(document_, json::object{{"status", "Failure"},
                                      {"message", why},
                                      {"reason", "ServiceUnavailable"},
                                      {"code", kUnavailable}});
}

Result<std::string> review(std::string_view body) {
  const auto asked = Review::read(body);
  if (!asked) return base::fail(asked);
  return asked->answer({});
}

}  // namespace slipway::policy
