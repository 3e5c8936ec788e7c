// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/workloads/refusal.hpp"
#include "controller/workloads/workload_kinds.hpp"

namespace slipway::workloads {

/// What can be asked for.
enum class Action {
  kScale,        ///< another number of replicas
  kStop,         ///< no pods; what there was is kept in the object. A CronJob is suspended
  kStart,        ///< back to what it was
  kRedeploy,     ///< all pods anew, by the update strategy
  kSuspend,      ///< no new runs
  kResume,       ///< runs again
  kRun,          ///< a CronJob's Job now
  kRollBack,     ///< the template of an earlier revision
  kDelete,       ///< gone with its pods
  kForceDelete,  ///< a pod gone from the cluster's books, whatever its node says
};
std::optional<Action> action_named(std::string_view name);
std::string_view name_of(Action action);
std::string names_of_actions();

inline constexpr std::uint32_t kMaxReplicas = 10'000;
inline constexpr char kStoppedReplicas[] = "slipway.io/stopped-replicas";    ///< annotation
inline constexpr char kRestartedAt[] = "kubectl.kubernetes.io/restartedAt";  ///< of a template
inline constexpr char kStoppedSelector[] = "slipway.io/stopped";  ///< of a DaemonSet's nodes

struct Asked {
  Action action = Action::kScale;
  std::uint32_t replicas = 0;             ///< of kScale
  boost::json::object pod_template = {};  ///< of kRollBack
  std::string resource_version = {};      ///< that the caller saw; empty: any
  std::string now = {};                   ///< RFC 3339, of kRedeploy
  std::string job_name = {};              ///< of kRun
};

/// What the object itself does not say.
struct Facts {
  std::string autoscaler = {};                       ///< name of the one that sets its replicas
  std::vector<std::string> single_node_claims = {};  ///< of those it uses: ReadWriteOnce alone
  bool jobs_suspend = false;                         ///< this Kubernetes can suspend Jobs
};

/// One request to the API server.
struct Change {
  std::string method = "PATCH";
  std::string resource = {};  ///< another than the object's own kind: "jobs"
  std::string content_type = {};
  boost::json::value body = {};
  std::string query = {};  ///< "a=b", without dryRun
};

/// Why a change is refused to who saw another version of the object than there is; nullopt: it is
/// the same, or none was seen. `called` is the object in words: "Deployment web".
std::optional<Refusal> changed_since(const boost::json::object& object, const std::string& called,
                                     const std::string& seen);
/// A merge patch of this version of the object and no other.
Change merge_patch(const boost::json::object& object, boost::json::object body);
/// Its deletion, with what it owns; another one of the same name is not meant.
Change deletion(const boost::json::object& object);

/// Whether it may be done, and how, to the object as the API server has it now. The change holds
/// for that version alone.
Ruled<Change> plan(const WorkloadKind& kind, const boost::json::object& object, const Facts& facts,
                   const Asked& asked);

}  // namespace slipway::workloads
