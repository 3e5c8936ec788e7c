// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/review.hpp"

#include "protocol/policy/fields.hpp"
#include "protocol/policy/policy.hpp"

namespace slipway::policy {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxDepth = 96;  // the deepest that an API server knows has half of it
constexpr std::size_t kUidLength = 128;
constexpr int kForbidden = 403;

std::unexpected<base::Error> wrong(std::string what) {
  return base::fail(ErrorCode::kInvalid, "no AdmissionReview: " + std::move(what));
}

Result<json::value> parse(std::string_view body) {
  if (body.size() > kReviewLimitBytes) return wrong("larger than 8 MiB");
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  auto value = json::parse(body, error, {}, options);
  if (error) return wrong(error.message());
  return value;
}

Asker asker_of(const json::object& request) {
  const auto& info = object_in(request, "userInfo");
  Asker asker{.user = std::string(text_in(info, "username")), .groups = {}};
  for (const auto& group : array_in(info, "groups")) asker.groups.emplace_back(text_of(group));
  return asker;
}

std::vector<Refusal> judge(const json::object& request) {
  const auto operation = text_in(request, "operation");
  const auto* object = value_in(request, "object");
  if ((operation != "CREATE" && operation != "UPDATE") || object == nullptr) return {};
  const auto& kind = object_in(request, "kind");
  const auto asker = asker_of(request);
  Change change{.group = text_in(kind, "group"),
                .kind = text_in(kind, "kind"),
                .object = *object,
                .asker = asker};
  const auto* old = value_in(request, "oldObject");
  if (operation == "UPDATE" && old != nullptr && old->is_object()) change.old = old;
  return refusals(change, {.of_project = true});
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

}  // namespace

Result<std::string> review(std::string_view body) {
  const auto asked = parse(body);
  if (!asked) return base::fail(asked);
  const auto& document = members(&*asked);
  const auto version = text_in(document, "apiVersion");
  if (text_in(document, "kind") != "AdmissionReview") return wrong("of another kind");
  if (version != "admission.k8s.io/v1" && version != "admission.k8s.io/v1beta1")
    return wrong("of a version that is not known here");
  const auto& request = object_in(document, "request");
  const auto uid = text_in(request, "uid");
  if (uid.empty() || uid.size() > kUidLength) return wrong("without a request that has a uid");
  const auto all = judge(request);
  json::object response{{"uid", uid}, {"allowed", all.empty()}};
  if (!all.empty()) response["status"] = refused(all);
  return json::serialize(json::object{
      {"apiVersion", version}, {"kind", "AdmissionReview"}, {"response", std::move(response)}});
}

}  // namespace slipway::policy
