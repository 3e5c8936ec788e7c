// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/canary.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/workloads/object_reading.hpp"
#include "controller/workloads/revisions.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::workloads {

namespace {

namespace json = boost::json;
using base::ErrorCode;

constexpr char kSuffix[] = "-canary";
constexpr std::size_t kMaxLabelValue = 63;

std::string called(const json::object& deployment) {
  return "Deployment " + text_of(deployment, "metadata", "name");
}

Refusal refusal(ErrorCode code, std::string field, std::string rule, std::string why) {
  return Refusal{code, std::move(field), std::move(rule), std::move(why)};
}

json::object& object_at(json::object& in, std::string_view key) {
  auto& value = in[key];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

bool is_paused(const json::object& deployment) {
  const auto* paused = member(deployment, "spec").if_contains("paused");
  return paused != nullptr && paused->is_bool() && paused->get_bool();
}

/// Why there may be no canary of it now.
std::optional<Refusal> unfit(const json::object& deployment) {
  const auto& spec = member(deployment, "spec");
  const auto name = text_of(deployment, "metadata", "name");
  if (member(member(deployment, "metadata"), "labels").contains(kCanaryOf)) {
    return refusal(ErrorCode::kConflict, "name", "canary",
                   called(deployment) + " is a canary itself: change it, promote or withdraw it");
  }
  if (number_of(spec, "replicas", 1) == 0) {
    return refusal(ErrorCode::kConflict, "name", "stopped",
                   called(deployment) + " is stopped: start it first");
  }
  if (canary_name(name).size() > kMaxLabelValue) {
    return refusal(ErrorCode::kInvalid, "name", "length",
                   "the name " + name + " is too long for a canary beside it: at most " +
                       std::to_string(kMaxLabelValue - sizeof kSuffix + 1) + " characters");
  }
  return std::nullopt;
}

std::optional<Refusal> set_images(json::object& pod_template,
                                  const std::map<std::string, std::string>& images) {
  auto left = images;
  auto* spec = pod_template.if_contains("spec");
  for (const std::string_view list : {"containers", "initContainers"}) {
    auto* all =
        spec != nullptr && spec->is_object() ? spec->get_object().if_contains(list) : nullptr;
    if (all == nullptr || !all->is_array()) continue;
    for (auto& one : all->get_array()) {
      if (!one.is_object()) continue;
      const auto wanted = left.extract(text_in(one.get_object(), "name"));
      if (!wanted.empty()) one.get_object()["image"] = wanted.mapped();
    }
  }
  if (left.empty()) return std::nullopt;
  const auto& name = left.begin()->first;
  return refusal(ErrorCode::kInvalid, "images." + name, "container",
                 "there is no container " + name + " in the template");
}

/// Which template it has. To be restarted makes it no other one: a promotion does that, too.
std::string template_digest(const json::object& deployment) {
  auto pod_template = present_template(deployment);
  object_at(object_at(pod_template, "metadata"), "annotations").erase(kRestartedAt);
  return pki::sha256_hex(base::canonical_json(pod_template));
}

/// A template of another app would be behind no Service of this one, and could not be promoted.
std::optional<Refusal> stray_label(const json::object& deployment,
                                   const json::object& pod_template) {
  const auto& labels = member(member(pod_template, "metadata"), "labels");
  const auto& now =
      member(member(member(member(deployment, "spec"), "template"), "metadata"), "labels");
  for (const auto& [key, value] : now) {
    const auto* there = labels.if_contains(key);
    if (there != nullptr && *there == value) continue;
    return refusal(
        ErrorCode::kInvalid, "template.metadata.labels." + std::string(key), "labels",
        "a canary's pods have all labels of the others, so that the same Services select "
        "them: leave " +
            std::string(key) + " as it is");
  }
  return std::nullopt;
}

}  // namespace

std::string canary_name(const std::string& deployment) {
  return deployment + kSuffix;
}

Ruled<json::object> canary_of(const json::object& deployment, const CanaryAsked& asked) {
  if (auto why = unfit(deployment)) return std::unexpected(std::move(*why));
  const auto version = text_of(deployment, "metadata", "resourceVersion");
  if (!asked.resource_version.empty() && asked.resource_version != version) {
    auto why = refusal(ErrorCode::kConflict, "resourceVersion", "changed",
                       called(deployment) + " has changed since you saw it: look at it again");
    why.seen = asked.resource_version;
    why.current = version;
    return std::unexpected(std::move(why));
  }
  if (!asked.single_node_claims.empty()) {
    return std::unexpected(refusal(
        ErrorCode::kConflict, "name", "single-node-claim",
        called(deployment) + " uses claim " + asked.single_node_claims.front() +
            ", which one node alone may write (ReadWriteOnce): no pod stands beside its own; use a "
            "ReadWriteMany claim"));
  }
  const auto present = present_template(deployment);
  auto pod_template = asked.pod_template.empty() ? present : asked.pod_template;
  if (auto why = set_images(pod_template, asked.images)) return std::unexpected(std::move(*why));
  if (auto why = stray_label(deployment, pod_template)) return std::unexpected(std::move(*why));
  if (pod_template == present) {
    return std::unexpected(refusal(ErrorCode::kInvalid, "template", "present",
                                   "the canary would be as " + called(deployment) +
                                       " is: give it other images or another template"));
  }
  const auto name = text_of(deployment, "metadata", "name");
  auto spec = member(deployment, "spec");
  spec["replicas"] = static_cast<std::int64_t>(asked.replicas);
  spec.erase("paused");
  object_at(object_at(spec, "selector"), "matchLabels")[kCanaryOf] = name;
  object_at(object_at(pod_template, "metadata"), "labels")[kCanaryOf] = name;
  spec["template"] = std::move(pod_template);
  json::object metadata{{"name", canary_name(name)}};
  auto labels = member(member(deployment, "metadata"), "labels");
  labels[kCanaryOf] = name;
  metadata["labels"] = std::move(labels);
  metadata["annotations"] = json::object{{kCanaryFrom, template_digest(deployment)}};
  metadata["ownerReferences"] =
      json::array{json::object{{"apiVersion", "apps/v1"},
                               {"kind", "Deployment"},
                               {"name", name},
                               {"uid", text_of(deployment, "metadata", "uid")}}};
  return json::object{{"apiVersion", "apps/v1"},
                      {"kind", "Deployment"},
                      {"metadata", std::move(metadata)},
                      {"spec", std::move(spec)}};
}

json::object promoted_template(const json::object& canary) {
  auto pod_template = present_template(canary);
  object_at(object_at(pod_template, "metadata"), "labels").erase(kCanaryOf);
  return pod_template;
}

Ruled<std::optional<Change>> promote(const json::object& deployment, const json::object& canary,
                                     bool by_force) {
  if (is_paused(deployment)) {
    return std::unexpected(
        refusal(ErrorCode::kConflict, "name", "paused",
                called(deployment) + " is paused: resume its roll-out first (spec.paused)"));
  }
  auto pod_template = promoted_template(canary);
  if (pod_template == present_template(deployment)) return std::nullopt;
  const auto from = text_in(member(member(canary, "metadata"), "annotations"), kCanaryFrom);
  if (!by_force && !from.empty() && from != template_digest(deployment)) {
    return std::unexpected(refusal(
        ErrorCode::kConflict, "force", "changed",
        called(deployment) + " has another template than when its canary was started, which " +
            "would be lost: withdraw the canary and start it anew, or promote it all the same "
            "with force=true"));
  }
  Change change;
  change.content_type = "application/json-patch+json";
  change.body = json::array{
      json::object{{"op", "add"},
                   {"path", "/metadata/resourceVersion"},
                   {"value", text_of(deployment, "metadata", "resourceVersion")}},
      json::object{
          {"op", "replace"}, {"path", "/spec/template"}, {"value", std::move(pod_template)}}};
  return change;
}

Change mark_promoting(const json::object& canary) {
  return merge_patch(
      canary, {{"metadata", json::object{{"uid", text_of(canary, "metadata", "uid")},
                                         {"labels", json::object{{kCanaryPhase, kPromoting}}}}}});
}

}  // namespace slipway::workloads
