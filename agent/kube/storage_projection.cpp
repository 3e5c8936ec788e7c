// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"
#include "agent/kube/quantity.hpp"
#include "protocol/policy/resource_rules.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";
constexpr std::string_view kClassAnnotation = "volume.beta.kubernetes.io/storage-class";

using Texts = google::protobuf::RepeatedPtrField<std::string>;

void copy_modes(const json::value& spec, Texts& to) {
  for (const auto& mode : array_at(spec, "accessModes")) {
    if (mode.is_string() && to.size() < kMaxParts) *to.Add() = std::string(mode.get_string());
  }
}

/// The field, or the annotation that came before it.
std::string class_of(const json::value& object, const json::value& spec) {
  auto name = text_at(spec, "storageClassName");
  if (!name.empty()) return name;
  return text_at(object_at(object_at(object, "metadata"), "annotations"), kClassAnnotation);
}

std::string storage_in(const json::value& from, std::string_view key) {
  return text_at(object_at(from, key), "storage");
}

}  // namespace

void project_claim(const json::value& object, wire::MirrorRow& row) {
  auto& claim = *row.mutable_claim();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  claim.set_phase(text_at(status, "phase"));
  claim.set_storage_class(class_of(object, spec));
  claim.set_volume(text_at(spec, "volumeName"));
  claim.set_requested(storage_in(object_at(spec, "resources"), "requests"));
  claim.set_capacity(storage_in(status, "capacity"));
  claim.set_bytes(whole_of(claim.capacity().empty() ? claim.requested() : claim.capacity()));
  copy_modes(spec, *claim.mutable_access_modes());
  claim.set_volume_mode(text_at(spec, "volumeMode"));
  for (const auto& condition : array_at(status, "conditions")) {
    if (text_at(condition, "status") != "True") continue;
    const auto message = wire::head_of(text_at(condition, "message"), kMaxMessageBytes);
    claim.set_condition(text_at(condition, "type") + (message.empty() ? "" : ": " + message));
  }
}

void project_volume(const json::value& object, wire::MirrorRow& row) {
  auto& volume = *row.mutable_volume();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  const auto& claim = object_at(spec, "claimRef");
  volume.set_phase(text_at(status, "phase"));
  volume.set_storage_class(class_of(object, spec));
  volume.set_capacity(storage_in(spec, "capacity"));
  volume.set_bytes(whole_of(volume.capacity()));
  copy_modes(spec, *volume.mutable_access_modes());
  volume.set_reclaim_policy(text_at(spec, "persistentVolumeReclaimPolicy"));
  volume.set_claim_namespace(text_at(claim, "namespace"));
  volume.set_claim_name(text_at(claim, "name"));
  volume.set_reason(text_at(status, "reason"));
  if (const auto message = text_at(status, "message"); !message.empty()) {
    volume.set_reason((volume.reason().empty() ? "" : volume.reason() + ": ") +
                      wire::head_of(message, kMaxMessageBytes));
  }
}

void project_storage_class(const json::value& object, wire::MirrorRow& row) {
  auto& storage = *row.mutable_storage_class();
  const auto& annotations = object_at(object_at(object, "metadata"), "annotations");
  storage.set_provisioner(text_at(object, "provisioner"));
  storage.set_reclaim_policy(text_at(object, "reclaimPolicy"));
  storage.set_binding_mode(text_at(object, "volumeBindingMode"));
  storage.set_expandable(bool_at(object, "allowVolumeExpansion"));
  storage.set_is_default(text_at(annotations, kDefaultClass) == "true");
  for (const auto& mode : policy::modes_of_class(object)) {
    if (storage.access_modes_size() < kMaxParts) storage.add_access_modes(mode);
  }
  copy_texts(members_at(object, "parameters"), *storage.mutable_parameters());
}

}  // namespace slipway::kube
