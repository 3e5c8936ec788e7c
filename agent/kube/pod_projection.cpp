// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

struct ContainerState {
  std::string name;  // waiting, running, terminated; empty: not known
  std::string reason;
  std::int64_t exit_code = 0;
  std::int64_t signal = 0;
};

ContainerState state_of(const json::value& status) {
  const auto& state = object_at(status, "state");
  for (const char* name : {"waiting", "running", "terminated"}) {
    const auto& details = object_at(state, name);
    if (!details.is_object()) continue;
    return {name, text_at(details, "reason"), number_at(details, "exitCode"),
            number_at(details, "signal")};
  }
  return {};
}

/// How a container ended, as `kubectl get pods` words it.
std::string ending_of(const ContainerState& state) {
  if (!state.reason.empty()) return state.reason;
  if (state.signal != 0) return "Signal:" + std::to_string(state.signal);
  return "ExitCode:" + std::to_string(state.exit_code);
}

/// In the order of the spec, whose first is the one that logs and exec mean when none is named;
/// kubelet sorts its statuses by name.
void add_containers(const json::array& specified, const json::array& statuses, bool init,
                    wire::PodRow& pod) {
  static const json::value kNoStatus;
  for (const auto& spec : specified) {
    const auto name = text_at(spec, "name");
    const auto found = std::ranges::find_if(
        statuses, [&](const auto& one) { return text_at(one, "name") == name; });
    const auto& status = found == statuses.end() ? kNoStatus : *found;
    const auto state = state_of(status);
    auto& container = *pod.add_containers();
    container.set_name(name);
    container.set_image(text_at(found == statuses.end() ? spec : status, "image"));
    container.set_state(state.name);
    container.set_reason(state.reason);
    container.set_ready(bool_at(status, "ready"));
    container.set_init(init);
    container.set_restarts(static_cast<std::uint32_t>(number_at(status, "restartCount")));
    if (!init) pod.set_restarts(pod.restarts() + container.restarts());
  }
}

/// The init container that the pod stands at; empty when all are through.
std::string init_status(const json::value& object) {
  const auto& statuses = array_at(object_at(object, "status"), "initContainerStatuses");
  const auto total = array_at(object_at(object, "spec"), "initContainers").size();
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const auto state = state_of(statuses[i]);
    if (state.name == "terminated" && state.exit_code == 0) continue;
    if (state.name == "terminated") return "Init:" + ending_of(state);
    if (state.name == "waiting" && !state.reason.empty() && state.reason != "PodInitializing") {
      return "Init:" + state.reason;
    }
    return "Init:" + std::to_string(i) + "/" + std::to_string(total);
  }
  return {};
}

std::string status_word(const json::value& object, bool ready) {
  const auto& status = object_at(object, "status");
  auto word = text_at(status, "reason");
  if (word.empty()) word = text_at(status, "phase");
  bool any_running = false;
  if (auto init = init_status(object); !init.empty()) {
    word = std::move(init);
  } else {
    const auto& statuses = array_at(status, "containerStatuses");
    for (std::size_t i = statuses.size(); i-- > 0;) {
      const auto state = state_of(statuses[i]);
      if (state.name == "waiting" && !state.reason.empty()) word = state.reason;
      if (state.name == "terminated") word = ending_of(state);
      any_running |= state.name == "running" && bool_at(statuses[i], "ready");
    }
    if (word == "Completed" && any_running) word = ready ? "Running" : "NotReady";
  }
  if (!text_at(object_at(object, "metadata"), "deletionTimestamp").empty()) {
    return text_at(status, "reason") == "NodeLost" ? "Unknown" : "Terminating";
  }
  return word;
}

}  // namespace

void project_pod(const json::value& object, wire::MirrorRow& row) {
  auto& pod = *row.mutable_pod();
  const auto& status = object_at(object, "status");
  const auto& spec = object_at(object, "spec");
  pod.set_phase(text_at(status, "phase"));
  pod.set_node(text_at(spec, "nodeName"));
  pod.set_pod_ip(text_at(status, "podIP"));
  pod.set_reason(text_at(status, "reason"));
  for (const auto& condition : array_at(status, "conditions")) {
    if (text_at(condition, "type") == "Ready") {
      pod.set_ready(text_at(condition, "status") == "True");
    }
  }
  add_containers(array_at(spec, "initContainers"), array_at(status, "initContainerStatuses"), true,
                 pod);
  add_containers(array_at(spec, "containers"), array_at(status, "containerStatuses"), false, pod);
  for (const auto& volume : array_at(spec, "volumes")) {
    const auto claim = text_at(object_at(volume, "persistentVolumeClaim"), "claimName");
    if (!claim.empty() && pod.claims_size() < kMaxParts) pod.add_claims(claim);
  }
  pod.set_status(status_word(object, pod.ready()));
}

}  // namespace slipway::kube
