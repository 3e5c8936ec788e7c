// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <string_view>

#include "report.pb.h"

namespace slipway::kube {

/// A kind that is mirrored. To add one: a row message in report.proto, a projection, a line in the
/// table in kinds.cpp.
struct Kind {
  std::string_view plural;  ///< also the mirror's name for it
  std::string_view group;   ///< empty: the core group; its version comes from discovery
  void (*project)(const boost::json::value& object, wire::MirrorRow& row);
  std::string_view first_versions = "";  ///< "v2 v2beta2": rather than the group's preferred one
};

std::span<const Kind> mirrored_kinds();

/// The row of an object; whatever it lacks reads as empty.
wire::MirrorRow project(const Kind& kind, const boost::json::value& object);

}  // namespace slipway::kube
