// SPDX-License-Identifier: Apache-2.0
#include "controller/http/node_drain.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/http/audit_lines.hpp"
#include "controller/http/input.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/object_change.hpp"
#include "controller/http/responses.hpp"
#include "controller/workloads/drain.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Task;
using workloads::DrainedPod;
using workloads::DrainFate;

constexpr std::size_t kMostEvictions = 100;  ///< of one round; the next one goes on
constexpr std::size_t kMostRefused = 100;    ///< that a problem document names
constexpr std::int64_t kMostGraceSeconds = 3600;
constexpr int kBudget = 429;  ///< a PodDisruptionBudget's "not now"
constexpr char kNextRound[] = "in the next round: one asks for 100 evictions at most";

/// What is asked, of whom.
struct Drain {
  Caller caller;
  clusters::ClusterName cluster;
  std::string node;
  workloads::DrainLeave leave;
  int grace_seconds = 0;  ///< 0: each pod's own
  bool dry_run = false;
};

/// How it stands with a pod after the round.
struct Outcome {
  std::string_view state;
  std::string reason = {};
};

base::Result<Drain> read_drain(const Services& services, const Call& call) {
  if (auto fault = QueryReader(call.query).fault()) return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  Drain drain{.caller = call.caller,
              .leave = {.force = in.flag("force", false),
                        .delete_local_data = in.flag("deleteLocalData", false)}};
  drain.grace_seconds = static_cast<int>(in.number("graceSeconds", 0, 1, kMostGraceSeconds));
  drain.dry_run = in.flag("dryRun", false);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  auto node = services.clusters.node(cluster->id.value, call.argument("node"));
  if (!node) return base::fail(node);
  // Nothing of it may wait: it would come when nobody expects it any more.
  auto gateway = services.clusters.connected_gateway(cluster->id.value);
  if (!gateway) return base::fail(gateway);
  drain.cluster = std::move(*cluster);
  drain.node = node->name;
  return drain;
}

RefusedObject refused(const DrainedPod& pod, std::string_view leave) {
  const auto object = "Pod " + pod.name_space + "/" + pod.name;
  if (leave == "force") {
    return {0,
            0,
            object,
            {"bare-pod", "force", "nobody makes it anew", "set force, or delete it yourself"}};
  }
  std::string volumes;
  for (const auto& name : pod.local_data) volumes += (volumes.empty() ? "" : ", ") + name;
  return {0,
          0,
          object,
          {"local-data", "deleteLocalData", "what lies in its emptyDir is lost: " + volumes,
           "set deleteLocalData"}};
}

/// Why nothing may begin: pods that would lose something without the caller's leave.
std::optional<Problem> objection(const Drain& drain, const std::vector<DrainedPod>& pods) {
  std::vector<RefusedObject> all;
  for (const auto& pod : pods) {
    for (const auto leave : workloads::missing_leave(pod, drain.leave)) {
      all.push_back(refused(pod, leave));
    }
  }
  if (all.empty()) return std::nullopt;
  auto problem = problem_of(
      base::Error{ErrorCode::kConflict,
                  "node " + drain.node + " has pods that would lose something: nothing was done",
                  {}});
  problem.rule = "drain";
  problem.field = all.front().why.field;
  if (all.size() > kMostRefused) all.resize(kMostRefused);
  problem.refusals = std::move(all);
  return problem;
}

Task<std::optional<Problem>> cordon(Services& services, const Drain& drain) {
  const auto path = "api/v1/nodes/" + drain.node;
  auto there = co_await read_kube(services, drain.caller, drain.cluster.id.value, path);
  if (!there) co_return problem_of(there.error());
  const auto* spec = there->if_contains("spec");
  const auto* off = spec != nullptr && spec->is_object()
                        ? spec->get_object().if_contains("unschedulable")
                        : nullptr;
  if (off != nullptr && off->is_bool() && off->get_bool()) co_return std::nullopt;
  auto outcome = co_await change_object(
      services, {drain.caller, drain.cluster.id, path, {}, "cordon Node " + drain.node},
      [](const json::object& node) -> workloads::Ruled<workloads::Change> {
        return workloads::merge_patch(node, {{"spec", json::object{{"unschedulable", true}}}});
      },
      drain.dry_run);
  if (!outcome) co_return outcome.error();
  if (outcome->state == intents::State::kDone) co_return std::nullopt;
  co_return problem_of(base::Error{ErrorCode::kUnavailable,
                                   "the cluster went out of reach: the node is cordoned as soon as "
                                   "it is back, and no pod was evicted",
                                   {}});
}

void audit_eviction(Services& services, const Drain& drain, const DrainedPod& pod,
                    const Outcome& outcome) {
  services.audit.record(by(
      drain.caller,
      {.action = "pod.evict",
       .object =
           "clusters/" + drain.cluster.name + "/namespaces/" + pod.name_space + "/pods/" + pod.name,
       .outcome = outcome.state == "evicted" ? "ok" : "refused",
       .detail = outcome.state == "evicted" ? "from node " + drain.node : outcome.reason,
       .cluster = drain.cluster.name,
       .name_space = pod.name_space}));
}

Task<Outcome> evict(Services& services, const Drain& drain, const DrainedPod& pod) {
  const auto path = "api/v1/namespaces/" + pod.name_space + "/pods/" + pod.name + "/eviction" +
                    (drain.dry_run ? "?dryRun=All" : "");
  auto answer = co_await post_kube(services, drain.caller, drain.cluster.id.value, path,
                                   workloads::eviction_of(pod, drain.grace_seconds, drain.dry_run));
  if (!answer) co_return Outcome{"refused", answer.error().message};
  const auto& [status, words] = *answer;
  if (status == kBudget) co_return Outcome{"waits", words};
  if (status == 404) co_return Outcome{"gone", words};
  // Another one has its name, or its budget changed in that moment: the next round sees.
  if (status == 409) co_return Outcome{"waits", words};
  if (status >= 200 && status < 300) co_return Outcome{drain.dry_run ? "evicts" : "evicted"};
  co_return Outcome{"refused",
                    words.empty() ? "the API server answered " + std::to_string(status) : words};
}

Outcome staying(const DrainedPod& pod) {
  switch (pod.fate) {
    case DrainFate::kGoing:
      return {"going"};
    case DrainFate::kDaemonSet:
      return {"stays", "its DaemonSet would put it back at once"};
    default:
      return {"stays", "kubelet runs it by a file on the node"};
  }
}

json::object pod_view(const DrainedPod& pod, const Drain& drain, const Outcome& outcome) {
  json::object out{{"namespace", pod.name_space}, {"name", pod.name}, {"state", outcome.state}};
  if (!pod.controller.empty()) out["controller"] = pod.controller;
  if (!outcome.reason.empty()) out["reason"] = outcome.reason;
  json::array needs;
  for (const auto leave : workloads::missing_leave(pod, drain.leave)) needs.emplace_back(leave);
  if (!needs.empty()) out["needs"] = std::move(needs);
  return out;
}

/// One round. In a dry run pods that need more leave are named and nothing is refused for them.
Task<std::expected<json::object, Problem>> run_round(Services& services, Drain drain) {
  auto list = co_await read_kube(services, drain.caller, drain.cluster.id.value,
                                 "api/v1/pods?fieldSelector=spec.nodeName%3D" + drain.node);
  if (!list) co_return std::unexpected(problem_of(list.error()));
  const auto pods = workloads::drained_pods(*list);
  list->clear();
  if (!drain.dry_run) {
    if (auto why = objection(drain, pods)) co_return std::unexpected(std::move(*why));
  }
  if (auto why = co_await cordon(services, drain)) co_return std::unexpected(std::move(*why));
  std::size_t asked = 0;
  json::array views;
  bool empty = true;
  for (const auto& pod : pods) {
    Outcome outcome;
    if (pod.fate != DrainFate::kEvict) {
      outcome = staying(pod);
    } else if (!workloads::missing_leave(pod, drain.leave).empty()) {
      outcome = {"refused",
                 refused(pod, workloads::missing_leave(pod, drain.leave).front()).why.what};
    } else if (++asked > kMostEvictions) {
      outcome = {"waits", kNextRound};
    } else {
      outcome = co_await evict(services, drain, pod);
      const bool told = outcome.state == "evicted" || outcome.state == "refused";
      if (!drain.dry_run && told) audit_eviction(services, drain, pod, outcome);
    }
    empty = empty && (outcome.state == "stays" || outcome.state == "gone");
    views.push_back(pod_view(pod, drain, outcome));
  }
  json::object out{{"node", drain.node}, {"empty", empty}, {"pods", std::move(views)}};
  if (drain.dry_run) out["dryRun"] = true;
  co_return out;
}

Task<Answer> answer_drain(Services& services, Call call) {
  auto drain = read_drain(services, call);
  if (!drain) co_return base::fail(drain);
  auto done = co_await run_round(services, std::move(*drain));
  if (!done) co_return to_response(done.error(), call.caller.request_id);
  co_return json_response(200, *done);
}

}  // namespace

Route node_drain_route(Services& services) {
  return {.method = "POST",
          .pattern = "/api/v1/clusters/{cluster}/nodes/{node}/drain",
          .action = "node.drain",
          .answer = [&services](Call call) { return answer_drain(services, std::move(call)); }};
}

}  // namespace slipway::http
