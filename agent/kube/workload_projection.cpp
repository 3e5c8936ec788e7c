// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
constexpr std::string_view kStoppedReplicas = "slipway.io/stopped-replicas";
constexpr std::string_view kStoppedSelector = "slipway.io/stopped";

std::uint64_t number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && at == text.data() + text.size() ? number : 0;
}

std::string annotation_of(const json::value& object, std::string_view name) {
  return text_at(object_at(object_at(object, "metadata"), "annotations"), name);
}

template <class Row>
void add_images(const json::value& pod, Row& row) {
  for (const auto& container : array_at(pod, "containers")) {
    if (row.images_size() < kMaxParts) row.add_images(text_at(container, "image"));
  }
}

/// Names of objects, each once, sorted; bounded.
class NameSet {
 public:
  void add(std::string name) {
    if (!name.empty() && names_.size() < kMaxParts) names_.insert(std::move(name));
  }
  void copy_to(google::protobuf::RepeatedPtrField<std::string>& to) const {
    for (const auto& name : names_) *to.Add() = name;
  }

 private:
  std::set<std::string> names_;
};

struct Uses {
  NameSet config_maps;
  NameSet secrets;
  NameSet claims;

  void add_sources(const json::value& from) {
    config_maps.add(text_at(object_at(from, "configMapRef"), "name"));
    config_maps.add(text_at(object_at(from, "configMapKeyRef"), "name"));
    secrets.add(text_at(object_at(from, "secretRef"), "name"));
    secrets.add(text_at(object_at(from, "secretKeyRef"), "name"));
  }
  void add_volume(const json::value& volume) {
    config_maps.add(text_at(object_at(volume, "configMap"), "name"));
    secrets.add(text_at(object_at(volume, "secret"), "secretName"));
    claims.add(text_at(object_at(volume, "persistentVolumeClaim"), "claimName"));
    for (const auto& source : array_at(object_at(volume, "projected"), "sources")) {
      config_maps.add(text_at(object_at(source, "configMap"), "name"));
      secrets.add(text_at(object_at(source, "secret"), "name"));
    }
  }
};

/// What a pod's spec names, wherever it does.
void add_uses(const json::value& pod, wire::UsedObjects& row) {
  Uses uses;
  for (const auto& volume : array_at(pod, "volumes")) uses.add_volume(volume);
  for (const auto& secret : array_at(pod, "imagePullSecrets")) {
    uses.secrets.add(text_at(secret, "name"));
  }
  for (const char* list : {"initContainers", "containers"}) {
    for (const auto& container : array_at(pod, list)) {
      for (const auto& from : array_at(container, "envFrom")) uses.add_sources(from);
      for (const auto& variable : array_at(container, "env")) {
        uses.add_sources(object_at(variable, "valueFrom"));
      }
    }
  }
  uses.config_maps.copy_to(*row.mutable_config_maps());
  uses.secrets.copy_to(*row.mutable_secrets());
  uses.claims.copy_to(*row.mutable_claims());
}

std::string words_of(const json::value& condition) {
  return text_at(condition, "reason") + ": " +
         wire::head_of(text_at(condition, "message"), kMaxMessageBytes);
}

/// What hinders it: pods that could not be made (for a quota, say), a roll-out that stands still.
std::string hindrance(const json::value& status) {
  std::string words;
  for (const auto& condition : array_at(status, "conditions")) {
    const auto type = text_at(condition, "type");
    const auto holds = text_at(condition, "status");
    if (type == "ReplicaFailure" && holds == "True") return words_of(condition);
    if (type == "Progressing" && holds == "False") words = words_of(condition);
  }
  return words;
}

/// What all four kinds share. Returns the row for what they do not.
wire::WorkloadRow& project_workload(const json::value& object, wire::MirrorRow& row) {
  auto& workload = *row.mutable_workload();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  const auto& pod_template = object_at(spec, "template");
  const auto& pod = object_at(pod_template, "spec");
  add_images(pod, workload);
  add_uses(pod, *workload.mutable_uses());
  copy_texts(members_at(object_at(spec, "selector"), "matchLabels"), *workload.mutable_selector());
  copy_texts(members_at(object_at(pod_template, "metadata"), "labels"),
             *workload.mutable_pod_labels());
  workload.set_condition(hindrance(status));
  workload.set_behind(number_at(status, "observedGeneration") <
                      number_at(object_at(object, "metadata"), "generation"));
  workload.set_stopped_replicas(
      static_cast<std::uint32_t>(number_in(annotation_of(object, kStoppedReplicas))));
  return workload;
}

wire::WorkloadRow& project_replicated(const json::value& object, wire::MirrorRow& row) {
  auto& workload = project_workload(object, row);
  const auto& status = object_at(object, "status");
  const auto replicas = number_at(object_at(object, "spec"), "replicas", 1);
  workload.set_desired(static_cast<std::uint32_t>(std::max<std::int64_t>(replicas, 0)));
  workload.set_stopped(replicas == 0);
  workload.set_pods(count_at(status, "replicas"));
  workload.set_ready(count_at(status, "readyReplicas"));
  workload.set_updated(count_at(status, "updatedReplicas"));
  workload.set_available(count_at(status, "availableReplicas"));
  return workload;
}

wire::JobRow::Status status_of(const json::value& object, std::string& condition) {
  for (const auto& one : array_at(object_at(object, "status"), "conditions")) {
    if (text_at(one, "status") != "True") continue;
    const auto type = text_at(one, "type");
    if (type == "Complete") return wire::JobRow::COMPLETE;
    if (type == "Suspended") return wire::JobRow::SUSPENDED;
    if (type != "Failed") continue;
    condition = words_of(one);
    return wire::JobRow::FAILED;
  }
  const bool suspended = bool_at(object_at(object, "spec"), "suspend");
  return suspended ? wire::JobRow::SUSPENDED : wire::JobRow::RUNNING;
}

}  // namespace

void project_deployment(const json::value& object, wire::MirrorRow& row) {
  auto& workload = project_replicated(object, row);
  const auto& spec = object_at(object, "spec");
  workload.set_strategy(text_at(object_at(spec, "strategy"), "type"));
  workload.set_paused(bool_at(spec, "paused"));
  workload.set_revision(number_in(annotation_of(object, kRevision)));
}

void project_replica_set(const json::value& object, wire::MirrorRow& row) {
  auto& workload = project_replicated(object, row);
  workload.set_updated(workload.pods());
  workload.set_revision(number_in(annotation_of(object, kRevision)));
}

void project_stateful_set(const json::value& object, wire::MirrorRow& row) {
  auto& workload = project_replicated(object, row);
  const auto& status = object_at(object, "status");
  workload.set_strategy(text_at(object_at(object_at(object, "spec"), "updateStrategy"), "type"));
  // Once all pods are of the new revision the controller counts them as current alone.
  if (text_at(status, "currentRevision") == text_at(status, "updateRevision")) {
    workload.set_updated(std::max(workload.updated(), count_at(status, "currentReplicas")));
  }
  if (status.is_object() && status.get_object().if_contains("availableReplicas") == nullptr) {
    workload.set_available(workload.ready());  // before 1.22 it does not say
  }
}

void project_daemon_set(const json::value& object, wire::MirrorRow& row) {
  auto& workload = project_workload(object, row);
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  workload.set_desired(count_at(status, "desiredNumberScheduled"));
  workload.set_pods(count_at(status, "currentNumberScheduled") +
                    count_at(status, "numberMisscheduled"));
  workload.set_ready(count_at(status, "numberReady"));
  workload.set_updated(count_at(status, "updatedNumberScheduled"));
  workload.set_available(count_at(status, "numberAvailable"));
  workload.set_strategy(text_at(object_at(spec, "updateStrategy"), "type"));
  const auto& selector = members_at(object_at(object_at(spec, "template"), "spec"), "nodeSelector");
  workload.set_stopped(selector.contains(kStoppedSelector));
}

void project_job(const json::value& object, wire::MirrorRow& row) {
  auto& job = *row.mutable_job();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  const auto& pod = object_at(object_at(spec, "template"), "spec");
  job.set_status(status_of(object, *job.mutable_condition()));
  job.set_completions(count_at(spec, "completions"));
  job.set_parallelism(
      static_cast<std::uint32_t>(std::max<std::int64_t>(number_at(spec, "parallelism", 1), 0)));
  job.set_active(count_at(status, "active"));
  job.set_succeeded(count_at(status, "succeeded"));
  job.set_failed(count_at(status, "failed"));
  job.set_started_utc_ms(utc_ms_at(status, "startTime"));
  job.set_completed_utc_ms(utc_ms_at(status, "completionTime"));
  add_images(pod, job);
  add_uses(pod, *job.mutable_uses());
}

void project_cron_job(const json::value& object, wire::MirrorRow& row) {
  auto& job = *row.mutable_cron_job();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  const auto& once = object_at(object_at(spec, "jobTemplate"), "spec");
  const auto& pod = object_at(object_at(once, "template"), "spec");
  job.set_schedule(wire::head_of(text_at(spec, "schedule"), kMaxMessageBytes));
  job.set_suspended(bool_at(spec, "suspend"));
  job.set_concurrency(text_at(spec, "concurrencyPolicy"));
  job.set_active(static_cast<std::uint32_t>(array_at(status, "active").size()));
  job.set_last_scheduled_utc_ms(utc_ms_at(status, "lastScheduleTime"));
  add_images(pod, job);
  add_uses(pod, *job.mutable_uses());
}

}  // namespace slipway::kube
