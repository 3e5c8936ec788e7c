// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/http/intent_views.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// One request to an API server about one object.
struct KubeAsking {
  std::string method;
  std::string path;
  std::string content_type = {};
  std::string body = {};
  std::string kind;
  std::string name_space = {};
  std::string name;
  std::string action;  ///< what became of the object where it is done: "created"
};
inline constexpr char kMergePatch[] = "application/merge-patch+json";

/// Asks it as an intent and waits for kIntentWait; the outcome's answer names the object. An empty
/// id is chosen.
base::Task<base::Result<intents::Outcome>> ask_cluster(Services& services, base::ClusterId cluster,
                                                       KubeAsking asking, base::IntentId id = {});

}  // namespace slipway::http
