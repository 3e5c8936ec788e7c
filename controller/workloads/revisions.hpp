// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/workloads/refusal.hpp"

namespace slipway::workloads {

inline constexpr std::size_t kMaxDifferences = 200;

/// One place where two templates differ.
struct Difference {
  std::string path;                 ///< "spec.containers[0].image"
  std::optional<std::string> from;  ///< JSON, shortened; nullopt: it is not there
  std::optional<std::string> to;
};

/// A template that a workload had or has.
struct Revision {
  std::uint64_t number = 0;
  std::string created;  ///< RFC 3339
  std::string cause;    ///< what was noted about the change
  bool present = false;
  boost::json::object pod_template;
  std::vector<std::string> images;
};

/// The template that it has, as a revision's: without what controllers add, and what stops it.
boost::json::object present_template(const boost::json::object& workload);
/// Of a workload, newest first, by what the API server keeps of it: ReplicaSets of a Deployment,
/// ControllerRevisions of a StatefulSet or DaemonSet. Others' are left out.
std::vector<Revision> revisions_of(const boost::json::object& workload,
                                   const boost::json::array& kept);
/// The one to go back to; refused, with those that there are.
Ruled<Revision> revision_at(const std::vector<Revision>& all, std::uint64_t number);

/// What changes on the way from one value to another, at most kMaxDifferences.
std::vector<Difference> differences(const boost::json::value& from, const boost::json::value& to);

}  // namespace slipway::workloads
