// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/drain.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "controller/workloads/object_reading.hpp"

namespace slipway::workloads {

namespace {

namespace json = boost::json;

constexpr char kMirrorPod[] = "kubernetes.io/config.mirror";

const json::array& elements(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

/// The owner that makes it anew.
const json::object* controller_of(const json::object& metadata) {
  for (const auto& owner : elements(metadata, "ownerReferences")) {
    const auto* object = owner.if_object();
    if (object == nullptr) continue;
    const auto* controls = object->if_contains("controller");
    if (controls != nullptr && controls->is_bool() && controls->get_bool()) return object;
  }
  return nullptr;
}

std::vector<std::string> empty_dirs(const json::object& spec) {
  std::vector<std::string> names;
  for (const auto& volume : elements(spec, "volumes")) {
    const auto* object = volume.if_object();
    if (object != nullptr && object->contains("emptyDir"))
      names.push_back(text_in(*object, "name"));
  }
  return names;
}

DrainedPod drained_pod(const json::object& pod) {
  const auto& metadata = member(pod, "metadata");
  DrainedPod out{.name_space = text_in(metadata, "namespace"),
                 .name = text_in(metadata, "name"),
                 .uid = text_in(metadata, "uid")};
  const auto* owner = controller_of(metadata);
  if (owner != nullptr) out.controller = text_in(*owner, "kind") + " " + text_in(*owner, "name");
  if (member(metadata, "annotations").contains(kMirrorPod)) {
    out.fate = DrainFate::kStatic;
    return out;
  }
  const auto phase = text_of(pod, "status", "phase");
  const bool over = phase == "Succeeded" || phase == "Failed";
  if (owner != nullptr && text_in(*owner, "kind") == "DaemonSet" && !over) {
    out.fate = DrainFate::kDaemonSet;
  } else if (metadata.contains("deletionTimestamp")) {
    out.fate = DrainFate::kGoing;
  } else if (!over) {  // one that has ended has nothing to lose
    out.bare = owner == nullptr;
    out.local_data = empty_dirs(member(pod, "spec"));
  }
  return out;
}

}  // namespace

std::vector<DrainedPod> drained_pods(const json::object& list) {
  std::vector<DrainedPod> pods;
  for (const auto& item : elements(list, "items")) {
    if (item.is_object()) pods.push_back(drained_pod(item.get_object()));
  }
  std::ranges::sort(pods, [](const DrainedPod& left, const DrainedPod& right) {
    return std::tie(left.name_space, left.name) < std::tie(right.name_space, right.name);
  });
  return pods;
}

std::vector<std::string_view> missing_leave(const DrainedPod& pod, const DrainLeave& leave) {
  std::vector<std::string_view> missing;
  if (pod.fate != DrainFate::kEvict) return missing;
  if (pod.bare && !leave.force) missing.emplace_back("force");
  if (!pod.local_data.empty() && !leave.delete_local_data) missing.emplace_back("deleteLocalData");
  return missing;
}

json::object eviction_of(const DrainedPod& pod, int grace_seconds, bool dry_run) {
  json::object options{{"preconditions", json::object{{"uid", pod.uid}}}};
  if (grace_seconds > 0) options["gracePeriodSeconds"] = grace_seconds;
  if (dry_run) options["dryRun"] = json::array{"All"};
  return {{"apiVersion", "policy/v1beta1"},
          {"kind", "Eviction"},
          {"metadata", json::object{{"name", pod.name}, {"namespace", pod.name_space}}},
          {"deleteOptions", std::move(options)}};
}

}  // namespace slipway::workloads
