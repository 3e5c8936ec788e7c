// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

std::string percent(const json::value& from, std::string_view key) {
  const auto value = number_at(from, key, -1);
  return value < 0 ? std::string{} : std::to_string(value) + "%";
}

/// autoscaling/v1 knows the CPU alone.
void add_cpu(const json::value& spec, const json::value& status, wire::AutoscalerRow& row) {
  const auto target = percent(spec, "targetCPUUtilizationPercentage");
  if (target.empty()) return;
  auto& metric = *row.add_metrics();
  metric.set_name("cpu");
  metric.set_target(target);
  metric.set_current(percent(status, "currentCPUUtilizationPercentage"));
}

/// Of a metric's `target` or `current`: "80%" of what is asked for, else a quantity.
std::string measure_of(const json::value& value) {
  auto share = percent(value, "averageUtilization");
  if (!share.empty()) return share;
  const auto average = text_at(value, "averageValue");
  return average.empty() ? text_at(value, "value") : average;
}

/// The part of a metric that is named after its type: type Resource → resource.
const json::value& body_of(const json::value& metric) {
  auto type = text_at(metric, "type");
  if (!type.empty()) type[0] = static_cast<char>(type[0] | 0x20);
  return object_at(metric, type);
}

std::string name_of(const json::value& body) {
  const auto name = text_at(body, "name");
  return name.empty() ? text_at(object_at(body, "metric"), "name") : name;
}

std::string current_of(const json::value& status, const std::string& name) {
  for (const auto& metric : array_at(status, "currentMetrics")) {
    const auto& body = body_of(metric);
    if (name_of(body) == name) return measure_of(object_at(body, "current"));
  }
  return {};
}

}  // namespace

void project_quota(const json::value& object, wire::MirrorRow& row) {
  auto& quota = *row.mutable_quota();
  const auto& status = object_at(object, "status");
  copy_texts(members_at(object_at(object, "spec"), "hard"), *quota.mutable_hard());
  copy_texts(members_at(status, "used"), *quota.mutable_used());
}

void project_limit_range(const json::value& object, wire::MirrorRow& row) {
  auto& range = *row.mutable_limit_range();
  for (const auto& limit : array_at(object_at(object, "spec"), "limits")) {
    if (range.items_size() >= kMaxParts) break;
    auto& item = *range.add_items();
    item.set_type(text_at(limit, "type"));
    copy_texts(members_at(limit, "max"), *item.mutable_max());
    copy_texts(members_at(limit, "min"), *item.mutable_min());
    copy_texts(members_at(limit, "default"), *item.mutable_default_limits());
    copy_texts(members_at(limit, "defaultRequest"), *item.mutable_default_requests());
  }
}

void project_autoscaler(const json::value& object, wire::MirrorRow& row) {
  auto& autoscaler = *row.mutable_autoscaler();
  const auto& spec = object_at(object, "spec");
  const auto& status = object_at(object, "status");
  const auto& target = object_at(spec, "scaleTargetRef");
  autoscaler.set_target_kind(text_at(target, "kind"));
  autoscaler.set_target_name(text_at(target, "name"));
  autoscaler.set_min(static_cast<std::uint32_t>(number_at(spec, "minReplicas", 1)));
  autoscaler.set_max(count_at(spec, "maxReplicas"));
  autoscaler.set_current(count_at(status, "currentReplicas"));
  autoscaler.set_desired(count_at(status, "desiredReplicas"));
  add_cpu(spec, status, autoscaler);
  for (const auto& from : array_at(spec, "metrics")) {
    if (autoscaler.metrics_size() >= kMaxParts) break;
    const auto& body = body_of(from);
    auto& metric = *autoscaler.add_metrics();
    metric.set_name(name_of(body));
    metric.set_target(measure_of(object_at(body, "target")));
    metric.set_current(current_of(status, metric.name()));
  }
  for (const auto& condition : array_at(status, "conditions")) {
    const auto type = text_at(condition, "type");
    if (type == "ScalingLimited" || text_at(condition, "status") != "False") continue;
    autoscaler.set_condition(text_at(condition, "reason") + ": " +
                             wire::head_of(text_at(condition, "message"), kMaxMessageBytes));
    break;
  }
}

}  // namespace slipway::kube
