// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "controller/workloads/refusal.hpp"

namespace slipway::workloads {

/// "1.20" of "v1.20.2".
struct KubernetesVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const KubernetesVersion&) const = default;
};
/// Of "v1.20.2", "1.21" or "1.21+"; nullopt: no version.
std::optional<KubernetesVersion> version_in(std::string_view text);

/// A field that not every Kubernetes has. An API server that lacks it drops it in silence, or
/// refuses it as unknown: either way it is said before.
struct Feature {
  std::string_view name;     ///< "statefulsets.maxUnavailable": the same in every version
  std::string_view kind;     ///< whose field it is
  std::string_view path;     ///< "spec.updateStrategy.rollingUpdate.maxUnavailable"
  KubernetesVersion since;   ///< the first that has it without being asked to
  std::string_view instead;  ///< what goes without it
};
std::span<const Feature> features();

inline constexpr std::string_view kJobsSuspend = "jobs.suspend";
/// Nothing for a feature of that name that this version has; else why it has not.
std::optional<std::string> lack_of(std::string_view feature, KubernetesVersion version);
/// The first field of the object that this version of Kubernetes does not have. `kind` is the
/// object's own.
std::optional<Refusal> lacking_field(const boost::json::object& object, KubernetesVersion version);

}  // namespace slipway::workloads
