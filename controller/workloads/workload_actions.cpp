// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/workload_actions.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "controller/workloads/object_reading.hpp"

namespace slipway::workloads {

namespace json = boost::json;

namespace {

using base::ErrorCode;

constexpr char kMergePatch[] = "application/merge-patch+json";
constexpr char kJsonPatch[] = "application/json-patch+json";
constexpr char kManual[] = "cronjob.kubernetes.io/instantiate";

constexpr WorkloadKind kKinds[] = {
    {"deployments", "Deployment", "apps"}, {"statefulsets", "StatefulSet", "apps"},
    {"daemonsets", "DaemonSet", "apps"},   {"jobs", "Job", "batch"},
    {"cronjobs", "CronJob", "batch"},      {"pods", "Pod", ""},
};
constexpr std::pair<Action, std::string_view> kActions[] = {
    {Action::kScale, "scale"},     {Action::kStop, "stop"},
    {Action::kStart, "start"},     {Action::kRedeploy, "redeploy"},
    {Action::kSuspend, "suspend"}, {Action::kResume, "resume"},
    {Action::kRun, "run"},         {Action::kRollBack, "rollback"},
    {Action::kDelete, "delete"},   {Action::kForceDelete, "force-delete"},
};

/// The object that something is asked of, with what rules look at.
struct Subject {
  const WorkloadKind& kind;
  const json::object& object;
  const Facts& facts;
  const Asked& asked;

  std::string name() const { return text_of(object, "metadata", "name"); }
  std::string called() const { return std::string(kind.kind) + " " + name(); }
  bool is(std::string_view plural) const { return kind.plural == plural; }
  bool replicated() const { return is("deployments") || is("statefulsets"); }
  std::int64_t replicas() const { return number_of(member(object, "spec"), "replicas", 1); }
  const json::object& pod_spec() const {
    return member(member(member(object, "spec"), "template"), "spec");
  }
  bool stopped() const {
    if (is("daemonsets")) return member(pod_spec(), "nodeSelector").contains(kStoppedSelector);
    return replicated() && replicas() == 0;
  }
  bool suspended() const {
    const auto* value = member(object, "spec").if_contains("suspend");
    return value != nullptr && value->is_bool() && value->get_bool();
  }
};

std::unexpected<Refusal> refuse(const Subject& on, std::string field, std::string rule,
                                const std::string& why) {
  return std::unexpected(
      Refusal{ErrorCode::kConflict, std::move(field), std::move(rule), on.called() + " " + why});
}

std::unexpected<Refusal> not_for(const Subject& on, const std::string& why) {
  const auto field = "action";
  return std::unexpected(Refusal{ErrorCode::kInvalid, field, "kind",
                                 std::string(name_of(on.asked.action)) + " is not for a " +
                                     std::string(on.kind.kind) + ": " + why});
}

Change merge(const Subject& on, json::object body) {
  return merge_patch(on.object, std::move(body));
}

json::object annotated(std::string_view key, const json::value& value) {
  return {{"annotations", json::object{{key, std::move(value)}}}};
}

json::object selecting(json::value value) {
  return {
      {"template",
       json::object{{"spec", json::object{{"nodeSelector",
                                           json::object{{kStoppedSelector, std::move(value)}}}}}}}};
}

Ruled<Change> scale(const Subject& on) {
  if (!on.replicated()) return not_for(on, "only Deployments and StatefulSets have replicas");
  if (on.asked.replicas == 0) {
    return refuse(on, "replicas", "stop",
                  "is not scaled to 0: stop it, then a start brings it back");
  }
  if (on.stopped()) return refuse(on, "replicas", "stopped", "is stopped: start it first");
  if (!on.facts.autoscaler.empty()) {
    return refuse(on, "replicas", "autoscaled",
                  "is scaled by HorizontalPodAutoscaler " + on.facts.autoscaler +
                      ": change its limits, or delete it");
  }
  if (on.is("deployments") && on.asked.replicas > 1 && !on.facts.single_node_claims.empty()) {
    return refuse(on, "replicas", "single-node-claim",
                  "uses claim " + on.facts.single_node_claims.front() +
                      ", which one node alone may write (ReadWriteOnce): it has 1 replica at most; "
                      "use a ReadWriteMany claim, or a StatefulSet with a claim for each pod");
  }
  return merge(on, {{"spec", json::object{{"replicas", on.asked.replicas}}}});
}

Ruled<Change> suspend(const Subject& on, bool wanted) {
  if (!on.is("cronjobs") && !on.is("jobs")) {
    return not_for(on, wanted ? "stop it" : "start it");
  }
  if (on.is("jobs") && !on.facts.jobs_suspend) {
    return not_for(on, "this Kubernetes cannot suspend Jobs (1.22 and later can); delete it");
  }
  if (on.suspended() == wanted) {
    return refuse(on, "action", wanted ? "suspended" : "running",
                  wanted ? "is suspended already" : "is not suspended");
  }
  return merge(on, {{"spec", json::object{{"suspend", wanted}}}});
}

Ruled<Change> stop(const Subject& on) {
  if (on.is("cronjobs") || on.is("jobs")) return suspend(on, true);
  if (on.is("pods")) return not_for(on, "stop the workload that it is of, or delete it");
  if (on.stopped()) return refuse(on, "action", "stopped", "is stopped already");
  if (on.is("daemonsets")) return merge(on, {{"spec", selecting("true")}});
  return merge(
      on, {{"metadata", annotated(kStoppedReplicas, json::value(std::to_string(on.replicas())))},
           {"spec", json::object{{"replicas", 0}}}});
}

/// How many replicas a start brings back; what somebody else stopped has one.
std::uint32_t remembered(const Subject& on) {
  const auto text = text_in(member(member(on.object, "metadata"), "annotations"), kStoppedReplicas);
  std::uint32_t replicas = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), replicas);
  const bool whole = error == std::errc{} && at == text.data() + text.size();
  return whole && replicas > 0 && replicas <= kMaxReplicas ? replicas : 1;
}

Ruled<Change> start(const Subject& on) {
  if (on.is("cronjobs") || on.is("jobs")) return suspend(on, false);
  if (on.is("pods")) return not_for(on, "start the workload that it is of");
  if (!on.stopped()) return refuse(on, "action", "running", "is not stopped");
  if (on.is("daemonsets")) return merge(on, {{"spec", selecting(nullptr)}});
  return merge(on, {{"metadata", annotated(kStoppedReplicas, nullptr)},
                    {"spec", json::object{{"replicas", remembered(on)}}}});
}

/// A roll-out that cannot go on shows nobody a new pod.
std::optional<Refusal> holds_back(const Subject& on) {
  const auto* paused = member(on.object, "spec").if_contains("paused");
  if (paused == nullptr || !paused->is_bool() || !paused->get_bool()) return std::nullopt;
  return Refusal{ErrorCode::kConflict, "action", "paused",
                 on.called() + " is paused: resume its roll-out first (spec.paused)"};
}

Ruled<Change> redeploy(const Subject& on) {
  if (!on.replicated() && !on.is("daemonsets")) {
    return not_for(on, "only Deployments, StatefulSets and DaemonSets are rolled out");
  }
  if (on.stopped()) return refuse(on, "action", "stopped", "is stopped: start it, it is new then");
  if (auto held = holds_back(on)) return std::unexpected(std::move(*held));
  return merge(
      on,
      {{"spec", json::object{{"template",
                              json::object{{"metadata", annotated(kRestartedAt,
                                                                  json::value(on.asked.now))}}}}}});
}

Ruled<Change> run(const Subject& on) {
  if (!on.is("cronjobs")) return not_for(on, "only CronJobs are run by hand");
  const auto& once = member(member(on.object, "spec"), "jobTemplate");
  json::object metadata{{"name", on.asked.job_name}};
  const auto& from = member(once, "metadata");
  if (const auto* labels = from.if_contains("labels")) metadata["labels"] = *labels;
  metadata["annotations"] = member(from, "annotations");
  metadata["annotations"].as_object()[kManual] = "manual";
  metadata["ownerReferences"] =
      json::array{json::object{{"apiVersion", text_in(on.object, "apiVersion")},
                               {"kind", on.kind.kind},
                               {"name", on.name()},
                               {"uid", text_of(on.object, "metadata", "uid")},
                               {"controller", true}}};
  Change change;
  change.method = "POST";
  change.resource = "jobs";
  change.content_type = "application/json";
  change.body = json::object{{"apiVersion", "batch/v1"},
                             {"kind", "Job"},
                             {"metadata", std::move(metadata)},
                             {"spec", member(once, "spec")}};
  return change;
}

Ruled<Change> roll_back(const Subject& on) {
  if (!on.replicated() && !on.is("daemonsets")) {
    return not_for(on, "only Deployments, StatefulSets and DaemonSets have revisions");
  }
  if (on.is("daemonsets") && on.stopped()) {
    return refuse(on, "action", "stopped", "is stopped: start it first");
  }
  if (auto held = holds_back(on)) return std::unexpected(std::move(*held));
  if (on.asked.pod_template == member(member(on.object, "spec"), "template")) {
    return refuse(on, "revision", "present", "has this very template: pick another revision");
  }
  Change change;
  change.content_type = kJsonPatch;
  change.body = json::array{
      json::object{{"op", "add"},
                   {"path", "/metadata/resourceVersion"},
                   {"value", text_of(on.object, "metadata", "resourceVersion")}},
      json::object{
          {"op", "replace"}, {"path", "/spec/template"}, {"value", on.asked.pod_template}}};
  return change;
}

Ruled<Change> remove(const Subject& on, bool by_force) {
  if (by_force && !on.is("pods")) return not_for(on, "only Pods are deleted by force; delete it");
  auto change = deletion(on.object);
  if (by_force) change.body.as_object()["gracePeriodSeconds"] = 0;
  return change;
}

}  // namespace

std::span<const WorkloadKind> workload_kinds() {
  return kKinds;
}

const WorkloadKind* kind_named(std::string_view plural) {
  const auto* found = std::ranges::find(kKinds, plural, &WorkloadKind::plural);
  return found == std::end(kKinds) ? nullptr : found;
}

std::optional<Action> action_named(std::string_view name) {
  for (const auto& [action, known] : kActions) {
    if (known == name) return action;
  }
  return std::nullopt;
}

std::string_view name_of(Action action) {
  for (const auto& [known, name] : kActions) {
    if (known == action) return name;
  }
  return {};
}

std::string names_of_actions() {
  std::string names;
  for (const auto& [action, name] : kActions)
    names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

std::optional<Refusal> changed_since(const json::object& object, const std::string& called,
                                     const std::string& seen) {
  const auto current = text_of(object, "metadata", "resourceVersion");
  if (seen.empty() || seen == current) return std::nullopt;
  return Refusal{ErrorCode::kConflict,
                 "resourceVersion",
                 "changed",
                 called + " has changed since you saw it (" + seen + ", now " + current +
                     "): look at it again",
                 seen,
                 current};
}

Change merge_patch(const json::object& object, json::object body) {
  auto& metadata = body["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  metadata.as_object()["resourceVersion"] = text_of(object, "metadata", "resourceVersion");
  Change change;
  change.content_type = kMergePatch;
  change.body = std::move(body);
  return change;
}

Change deletion(const json::object& object) {
  Change change;
  change.method = "DELETE";
  change.content_type = "application/json";
  change.body =
      json::object{{"apiVersion", "v1"},
                   {"kind", "DeleteOptions"},
                   {"propagationPolicy", "Background"},
                   {"preconditions", json::object{{"uid", text_of(object, "metadata", "uid")}}}};
  return change;
}

Ruled<Change> plan(const WorkloadKind& kind, const json::object& object, const Facts& facts,
                   const Asked& asked) {
  const Subject on{kind, object, facts, asked};
  if (auto why = changed_since(object, on.called(), asked.resource_version)) {
    return std::unexpected(std::move(*why));
  }
  switch (asked.action) {
    case Action::kScale:
      return scale(on);
    case Action::kStop:
      return stop(on);
    case Action::kStart:
      return start(on);
    case Action::kRedeploy:
      return redeploy(on);
    case Action::kSuspend:
      return suspend(on, true);
    case Action::kResume:
      return suspend(on, false);
    case Action::kRun:
      return run(on);
    case Action::kRollBack:
      return roll_back(on);
    case Action::kDelete:
      return remove(on, false);
    case Action::kForceDelete:
      return remove(on, true);
  }
  return std::unexpected(Refusal{ErrorCode::kInvalid, "action", "kind", "no such action"});
}

}  // namespace slipway::workloads
