// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/application_rules.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/applications/composition.hpp"
#include "controller/workloads/object_reading.hpp"

namespace slipway::applications {

namespace json = boost::json;

namespace {

using base::ErrorCode;
using workloads::Action;
using workloads::Change;
using workloads::Refusal;
using workloads::Ruled;

Refusal refuse(std::string field, std::string rule, std::string why) {
  return {ErrorCode::kConflict, std::move(field), std::move(rule), std::move(why)};
}

std::string words_for(ApplicationState state) {
  switch (state) {
    case ApplicationState::kRunning:
      return "all its workloads are running";
    case ApplicationState::kNotReady:
      return "its workloads are not ready";
    default:
      return "its workloads are not all stopped";
  }
}

json::object texts_of(const std::map<std::string, std::string>& texts) {
  json::object out;
  for (const auto& [key, value] : texts) out[key] = value;
  return out;
}

/// The kinds that carry an application's label.
json::array component_kinds() {
  json::array all;
  for (const auto& kind : workloads::workload_kinds()) {
    if (kind.plural == "pods") continue;
    all.push_back(json::object{{"group", kind.group}, {"kind", kind.kind}});
  }
  all.push_back(json::object{{"kind", "Service"}});  // of the core group, which has no name
  all.push_back(json::object{{"group", "networking.k8s.io"}, {"kind", "Ingress"}});
  return all;
}

std::string called(const json::object& application) {
  return "Application " + workloads::text_of(application, "metadata", "name");
}

json::object labelled(json::value value) {
  return {
      {"metadata", json::object{{"labels", json::object{{kApplicationLabel, std::move(value)}}}}}};
}

}  // namespace

std::optional<Refusal> refusal_of(Action action, const std::string& name, ApplicationState state) {
  const auto called = "application " + name;
  if (action == Action::kDelete) return std::nullopt;
  if (state == ApplicationState::kNone) {
    return refuse("action", "empty",
                  called + " has no workload: add one to it, or associate one that there is");
  }
  const bool stopped = state == ApplicationState::kStopped;
  if (action == Action::kStart && !stopped) {
    return refuse("action", "not-stopped",
                  called + " is not stopped, " + words_for(state) +
                      ": only a stopped one is started; stop it first, or redeploy it");
  }
  if (action == Action::kStop && stopped) {
    return refuse("action", "stopped", called + " is stopped already");
  }
  if (action == Action::kRedeploy && stopped) {
    return refuse("action", "stopped", called + " is stopped: start it, it is new then");
  }
  return std::nullopt;
}

bool is_no_obstacle(Action action, const std::string& rule) {
  if (rule == kLeft) return true;
  switch (action) {
    case Action::kStop:
    case Action::kRedeploy:  // it will be new when it is started
      return rule == "stopped";
    case Action::kStart:
      return rule == "running";
    default:
      return false;
  }
}

json::object object_of(const NewApplication& wanted) {
  json::object labels = texts_of(wanted.labels);
  labels[kApplicationLabel] = wanted.name;
  json::object metadata{{"name", wanted.name}, {"labels", std::move(labels)}};
  if (!wanted.annotations.empty()) metadata["annotations"] = texts_of(wanted.annotations);
  json::object spec{
      {"componentKinds", component_kinds()},
      {"selector", json::object{{"matchLabels", json::object{{kApplicationLabel, wanted.name}}}}}};
  if (!wanted.description.empty()) {
    spec["descriptor"] = json::object{{"description", wanted.description}};
  }
  return {{"apiVersion", kApplicationVersion},
          {"kind", "Application"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)}};
}

Ruled<Change> describe(const json::object& application, const std::string& description,
                       const std::string& seen) {
  if (auto why = workloads::changed_since(application, called(application), seen)) {
    return std::unexpected(std::move(*why));
  }
  json::value text = nullptr;  // takes it away
  if (!description.empty()) text = description;
  return workloads::merge_patch(
      application,
      {{"spec", json::object{{"descriptor", json::object{{"description", std::move(text)}}}}}});
}

Ruled<Change> remove(const json::object& application, const std::string& seen) {
  if (auto why = workloads::changed_since(application, called(application), seen)) {
    return std::unexpected(std::move(*why));
  }
  return workloads::deletion(application);
}

Ruled<Change> associate(const workloads::WorkloadKind& kind, const json::object& object,
                        const Association& asked) {
  const auto called = std::string(kind.kind) + " " + workloads::text_of(object, "metadata", "name");
  if (kind.plural == "pods") {
    return std::unexpected(Refusal{ErrorCode::kInvalid, "kind", "kind",
                                   called + " is of its workload's application: associate that"});
  }
  if (auto why = workloads::changed_since(object, called, asked.seen)) {
    return std::unexpected(std::move(*why));
  }
  const auto& metadata = workloads::member(object, "metadata");
  const auto present = workloads::text_in(workloads::member(metadata, "labels"), kApplicationLabel);
  if (asked.wanted ? present == asked.application : present.empty()) {
    return std::unexpected(
        refuse("objects", kSame,
               called + (present.empty() ? " is of no application"
                                         : " is of application " + present + " already")));
  }
  if (!present.empty() && present != asked.application && !(asked.wanted && asked.move)) {
    return std::unexpected(
        refuse(asked.wanted ? "move" : "objects", "associated",
               called + " is of application " + present +
                   (asked.wanted ? ": dissociate it there first, or move it with move: true"
                                 : ": dissociate it there")));
  }
  return workloads::merge_patch(
      object, labelled(asked.wanted ? json::value(asked.application) : json::value(nullptr)));
}

}  // namespace slipway::applications
